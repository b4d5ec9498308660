"""The bundled library: facts, quotes and words that end every chain, and what is known of words."""
