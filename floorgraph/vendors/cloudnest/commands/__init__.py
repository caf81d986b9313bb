"""What can be sent to CloudNest and to its machines, one module per noun."""
