"""The vendors' servers, simulated: for the demo, for tests, and for whoever builds against them."""
