"""HTML and CSS as checks read them."""
