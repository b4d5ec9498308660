"""The command line: one file a command, each thin; heavy imports stand inside the commands."""

from __future__ import annotations

from newsletter.cli._root import app, main

__all__ = ["app", "main"]
