"""The page of the exit codes, from the tree of errors."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.errors import ExitCode, NewsletterError
from tools.docs.tables import code, table

_HEAD = """# Exit codes

Every command ends with one of these. With `--json` an error is
`{"error": {"type", "message", "hint"}}`, where `type` is a word of the second table, with `file`,
`line`, `key` and `part` where they are known.
"""
_MEANT = {
    ExitCode.DONE: "done",
    ExitCode.FAILED: "failed; the sentence says what, where, and what to do next",
    ExitCode.USAGE: "the command, an option or a file of the publication is wrong",
    ExitCode.NOTHING_TO_DO: "nothing to do: it is done already",
    ExitCode.HELD: "held: a person is needed before this may go on",
    ExitCode.TRY_LATER: "nothing is wrong; the same command goes on later",
}


def text() -> str:
    """Return the page."""
    codes = [(str(int(one)), code(one.name), _MEANT[one]) for one in ExitCode]
    rows = [
        (code(kind.__name__), str(int(kind.exit_code)), (kind.__doc__ or "").partition("\n")[0])
        for kind in errors(NewsletterError)
        if kind is not NewsletterError
    ]
    rows.append((code(NewsletterError.__name__), "1", "Anything else that is told in a sentence."))
    return "\n".join(
        (
            _HEAD,
            table(("code", "name", "means"), codes),
            "\n## What an error's type means\n",
            table(("type", "exit code", ""), rows),
        )
    )


def errors(kind: type[NewsletterError]) -> Iterator[type[NewsletterError]]:
    """Yield a kind of error and all below it, as the tree has them."""
    yield kind
    for one in kind.__subclasses__():
        if one.__module__ == NewsletterError.__module__:
            yield from errors(one)
