"""Months of a publication on a clock of their own: what would each day do, does any fail."""
