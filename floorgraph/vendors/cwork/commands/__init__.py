"""What can be sent to CWork, one module per noun."""
