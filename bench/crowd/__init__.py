"""Servers that tell one change to thousands of websockets, and who listens to them."""
