"""Random input against the running server, in a process of its own: what it says, and what its log says."""
