"""Feeds: their items, read and chosen."""
