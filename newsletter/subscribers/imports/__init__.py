"""Subscribers from a file: read, planned, applied."""
