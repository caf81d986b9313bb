"""What questions to a tenant cost at most: comma sets of 20, and whole lists by pages."""
