"""Sends: an edition frozen to its audience, handed over once, steered, corrected and proved."""
