"""Where the parts of an edition come from."""
