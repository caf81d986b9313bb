"""How the shop lives: everything follows from the seed, the clock and what was asked of the server."""
