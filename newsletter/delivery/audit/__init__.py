"""The proof of what went to whom."""
