"""Standard output and error that never stop a command: it says less, and does all of its work.

A reader that has seen enough (`| head -1`), a full disk, a stream that was closed and signs that
the terminal's encoding lacks are no reason to leave a send half done or to end in a traceback.
"""

from __future__ import annotations

import codecs
import io
import os
import select
import sys
from typing import Any, TextIO

from newsletter.core.errors import NewsletterError

_PLAINER = "newsletter.plainer"
_SIGNS = {
    "█": "#",
    "░": ".",
    "…": "...",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "→": "->",
    "•": "*",
    "–": "-",
    "—": "-",
    "×": "x",
    "·": "-",
    "─": "-",
    "━": "-",
    "│": "|",
    "\N{NO-BREAK SPACE}": " ",
}


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """Write what an encoding lacks in signs it has; what is like none of them, by its number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    plain = (_SIGNS.get(one) or one.encode("ascii", "backslashreplace").decode() for one in lacking)
    return "".join(plain), error.end


class _Lasting(io.RawIOBase):
    """A file descriptor that takes everything; what it failed with is kept."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.failure: OSError | None = None

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def isatty(self) -> bool:
        """Say whether it is a terminal."""
        return os.isatty(self._number)

    def fileno(self) -> int:
        """Return the number the system knows it by."""
        return self._number

    def write(self, data: Any) -> int:
        """Write what goes; after a failure nothing more is tried."""
        while self.failure is None:
            try:
                return os.write(self._number, data)
            except BlockingIOError:
                select.select([], [self._number], [])
            except OSError as error:
                self.failure = error
        return len(data)


def prepare() -> None:
    """Put lasting streams in the place of those that the program was started with."""
    codecs.register_error(_PLAINER, _plainer)
    _stand_in_for_closed()
    sys.stdout = _lasting(sys.stdout)
    sys.stderr = _lasting(sys.stderr)


def refuse_lost() -> None:
    """Write out what waits. Raises `NewsletterError` where a result was lost.

    A reader that went away wanted no more of it: nothing was lost then.
    """
    for stream in (sys.stderr, sys.stdout):
        stream.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    failure = raw.failure if isinstance(raw, _Lasting) else None
    if failure is not None and not isinstance(failure, BrokenPipeError):
        raise NewsletterError(
            f"The result could not be written to standard output: {failure.strerror}.",
            hint="What the command does is done; only what it had to say is lost.",
        )


def _stand_in_for_closed() -> None:
    """Open what was closed (`>&-`), so that no other file gets its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  # for the process


def _lasting(stream: TextIO | None) -> TextIO:
    number, encoding = 1 if stream is sys.stdout else 2, "utf-8"
    if stream is not None:
        try:
            number, encoding = stream.fileno(), stream.encoding
        except (OSError, ValueError):  # it is no file: a test's, or that of a program around us
            return stream
    raw = _Lasting(number)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=encoding,
        errors=_PLAINER,
        line_buffering=raw.isatty() or number == 2,  # standard error
    )
