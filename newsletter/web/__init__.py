"""What browsers and providers reach: the desk, and the provider's webhook."""
