"""What a log may hold: sentences without anybody's address."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+")


def without_addresses(text: str) -> str:
    """Replace what looks like an e-mail address."""
    return _ADDRESS.sub("…@…", text)


def origin(error: BaseException) -> str:
    """Say what a fault is and where it came from; its message may hold addresses."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} in {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
