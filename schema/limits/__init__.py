"""What an operation asks for, measured before it is run, and whether that is too much."""
