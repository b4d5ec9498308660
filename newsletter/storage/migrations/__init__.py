"""Alembic's scripts: one numbered file per change of the tables."""
