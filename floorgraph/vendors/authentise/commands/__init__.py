"""What can be sent to an Authentise tenant, one module per purpose."""
