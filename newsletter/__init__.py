"""A daily news brief: assembled, checked, and delivered once to everyone who asked for it."""

__version__ = "0.1.0"
