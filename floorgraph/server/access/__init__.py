"""Who calls, what they may do, and how much: everything between a socket and the first resolver."""
