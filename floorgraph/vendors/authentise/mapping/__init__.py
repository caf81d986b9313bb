"""What the vendor's payloads mean in unified words. Pure: payloads in, records out."""
