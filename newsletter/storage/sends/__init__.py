"""Sends in the database: frozen, claimed, settled, summed up."""
