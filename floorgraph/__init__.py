"""Floorgraph: one GraphQL API over a whole shop floor."""
