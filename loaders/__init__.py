"""Loaders: keys in, few upstream calls out, one set per operation and per subscription event."""
