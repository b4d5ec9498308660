"""What the world may reach: the provider's webhook."""
