"""A daily news brief: assembled, checked, and delivered once to everyone who asked for it."""

__version__ = "1.0.0rc1"
