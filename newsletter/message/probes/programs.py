"""Run a program that may not be there, within a time."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Sequence
from shutil import which

log = logging.getLogger(__name__)


def said(words: Sequence[str], text: bytes, *, seconds: float) -> str | None:
    """Return what a program wrote when it was given `text`; None when it is missing or failed."""
    program = which(words[0])
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  # found on the path, words are ours, no shell
            [program, *words[1:]], input=text, capture_output=True, timeout=seconds, check=True
        )
    except subprocess.TimeoutExpired:
        log.warning("asking.too_slow program=%s seconds=%g", words[0], seconds)
        return None
    except (OSError, subprocess.CalledProcessError) as error:
        log.info("asking.failed program=%s %s", words[0], type(error).__name__)
        return None
    return done.stdout.decode("utf-8", errors="replace")
