"""CloudNest and its sister API for machines, simulated behind one gateway."""
