"""Subscribers in the database."""
