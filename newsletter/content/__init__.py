"""Where the parts of an edition come from: sources and their chain, pasted pages, the library."""
