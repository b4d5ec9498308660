"""Inline in a process of its own: what that loads, 14 MB, is gone when the send begins.

premailer brings lxml, cssutils and requests along. Python never gives modules back, a send lasts,
and it inlines once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from newsletter.core.errors import NewsletterError, TemplateError

_HOME = Path(__file__).parents[3]  # what `newsletter` is found in


@lru_cache(maxsize=1)  # what was approved a moment ago goes out unchanged
def inline(html: str, base_css: str) -> str:
    """Return what `newsletter.message.render.inline` gives, and raise what it raises."""
    done = subprocess.run(  # noqa: S603  # this very program, with words of its own
        [sys.executable, "-m", __name__],
        input=json.dumps({"html": html, "base_css": base_css}).encode(),
        capture_output=True,
        check=False,
        cwd=_HOME,
        start_new_session=True,  # Ctrl-C is for the send, which heeds it between two batches
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise NewsletterError(f"The process that inlines the style sheet failed: {said}")
    answer = json.loads(done.stdout)
    if "what" in answer:
        raise TemplateError(answer["what"], hint=answer["hint"])
    return str(answer["html"])


def main() -> None:
    """Answer the one question on standard input."""
    from newsletter.message.render import inline as inlining

    try:
        answer = {"html": inlining.inline(**json.load(sys.stdin.buffer))}
    except TemplateError as error:
        answer = {"what": error.what, "hint": error.hint}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
