"""A simulated Authentise server: runs, pieces, material and machines of an additive shop."""
