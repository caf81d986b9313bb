"""Commands in GraphQL: made from the commands that the installed vendors list."""
