"""A picture is fetched by the reader's mail program, which knows only whole addresses."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt, parse

CODE = "img-url"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[Fault]:
    """Find pictures whose address is not an absolute https one."""
    for image in parse(checked.html).all("img"):
        source = image.get("src")
        if not source.startswith("https://"):
            yield Fault(
                said("The picture “%(source)s” has no https address.", source=source[:80]),
                said("Put it on your site and name its whole address."),
                measured=excerpt(source) or "none",
                limit="https://…",
                place=image.place,
            )
