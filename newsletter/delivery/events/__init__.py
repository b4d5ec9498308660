"""What the provider reports later."""
