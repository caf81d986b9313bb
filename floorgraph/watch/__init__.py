"""`floorgraph watch`: the board in a terminal, over the websocket of a running server."""
