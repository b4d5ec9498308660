"""Copies of a database and the way back, on each kind, checked before they count as copies."""
