"""Commands through the whole application, against simulators over real sockets."""
