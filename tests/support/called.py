"""Whether what somewhere is called is a command of ours, with options that it has."""

from __future__ import annotations

from typing import Any

import typer

from newsletter.cli import app

ROOT_COMMAND: Any = typer.main.get_command(app)


def refuse_unknown(words: list[str]) -> None:
    """Refuse what is no command of ours with options and arguments that it has."""
    command, rest = ROOT_COMMAND, list(words)
    while rest:
        word = rest.pop(0)
        known = {name: one for one in command.params for name in (*one.opts, *one.secondary_opts)}
        inner = getattr(command, "commands", {})
        if word.startswith("--"):
            assert word in known, f"{word} of {words}"
            if not getattr(known[word], "is_flag", False):
                rest.pop(0)
        elif word in inner:
            command = inner[word]
        else:
            takes = any(one.param_type_name == "argument" for one in command.params)
            assert takes, f"{word} of {words}"
