"""Imports in the database: staged, compared, applied, undone."""
