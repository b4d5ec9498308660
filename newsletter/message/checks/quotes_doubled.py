"""Two quotation marks in a row are a slip: of a template around words that had some already."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "quotes-doubled"
LEVEL = Severity.WARNING

# One kind twice, or a straight one beside a curly one of its size; “‘ and ’” are as they should be.
# Two straight ones that touch no word are an empty text in code.
_DOUBLED = re.compile(
    '““|””|„„|««|»»|‘‘|"[“”„]|[“”„]"|(?<=[\\w.,!?…])""|""(?=\\w)|(?<![\\w\'])\'\'(?=\\w)'
)
_CODE = frozenset({"code", "pre", "kbd", "samp", "script", "style", "title"})


def check(checked: Checked) -> Iterator[Fault]:
    """Find quotation marks that stand twice."""
    for element in parse(checked.html).elements:
        found = _DOUBLED.search(element.own_text)
        if found is None or any(one.tag in _CODE for one in element.ancestors()):
            continue
        yield Fault(
            f"The quotation marks are doubled: {found.group()}.",
            "Take the words' own marks away; the template writes those of the quote of the day.",
            measured=found.group(),
            limit="one mark; inside of others, single ones",
            place=element.place,
        )
        return
