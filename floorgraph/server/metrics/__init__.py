"""Metrics for Prometheus: read off the sources, the engine and the server when somebody asks for them."""
