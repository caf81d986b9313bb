"""The server: the ASGI app, its transports and its pages."""
