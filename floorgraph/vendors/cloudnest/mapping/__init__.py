"""From the vendor's payloads to unified records; one module per noun, pure."""
