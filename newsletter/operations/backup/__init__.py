"""Backups: everything a move needs in one archive, checked when made, and the way back."""
