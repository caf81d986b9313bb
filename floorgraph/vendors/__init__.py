"""Vendors: what a source offers, how it is called, and one folder per vendor."""
