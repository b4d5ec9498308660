"""What browsers and providers reach: the desk, the site, and the provider's webhook."""
