"""The ways to the operator: a web hook, and a program of their own. Each says how it failed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from newsletter.core.config.proxies import Proxies
from newsletter.core.http.answer import HttpFailure
from newsletter.core.http.client import HttpClient
from newsletter.delivery.alarm_forms import Form, body

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME")  # no secret is among them


def post(text: str, *, url: str, form: Form, proxies: Proxies, timeout: float) -> str | None:
    """Post a text to a web hook; say what went wrong, None: nothing."""
    content = json.dumps(body(text, form)).encode()
    headers = {"Content-Type": "application/json"}
    try:
        with HttpClient(connections=1, proxies=proxies) as wire:
            answer = wire.exchange("POST", url, headers=headers, timeout=timeout, body=content)
    except HttpFailure as error:
        return f"The address in [alerts] url gave no answer: {error}."
    if 300 <= answer.status < 400:
        return (
            f"The address in [alerts] url answered {answer.status}: it leads elsewhere; name that."
        )
    if not 200 <= answer.status < 300:
        return f"The address in [alerts] url answered {answer.status}."
    return None


def run(
    text: str,
    *,
    command: Sequence[str],
    root: Path,
    environment: Mapping[str, str],
    timeout: float,
    key: str = "[alerts] command",
) -> str | None:
    """Run the operator's program with a text as its input; say what went wrong, None: nothing.

    There is no shell, and none of our secrets is in its environment. With what it began, it is
    killed when its time is over.
    """
    given = {name: environment[name] for name in _KEPT if name in environment}
    try:
        program = subprocess.Popen(  # noqa: S603 - the operator's own words, and no shell
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=root,
            env=given,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no program"
        return f"The program in {key} cannot be run: {reason}."
    try:
        program.communicate(text.encode(), timeout=timeout)
    except subprocess.TimeoutExpired:
        with suppress(OSError):
            os.killpg(program.pid, signal.SIGKILL)
        program.communicate()
        return f"The program in {key} was stopped after {timeout:g} seconds."
    if program.returncode:
        return f"The program in {key} ended with {program.returncode}."
    return None
