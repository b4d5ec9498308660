"""A reader must never see a template's marks, another reader's tags or an example's addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.core.sentences import said
from newsletter.core.web_addresses import is_example_host, is_this_machine
from newsletter.message import merge
from newsletter.message.check import Checked

CODE = "placeholder-left"
LEVEL = Severity.ERROR
BINDING = "A template's marks mean that the mail is broken."

_MARK = re.compile(r"\{\{|\{%|%7B%7B|%7B%25", re.IGNORECASE)


def check(checked: Checked) -> Iterator[Fault]:
    """Find marks of Jinja2, merge tags that nothing will replace, and hosts of examples.

    A publication that only tries things out, in the outbox or on this machine, may have the last.
    """
    if checked.imprint.is_public:
        yield from _examples(checked.imprint.addresses)
    tags = [tag for f in checked.message.fields for tag in (f.html_tag, f.text_tag)]
    for place, name, text in _parts(checked):
        left = [*_MARK.findall(text), *(tag for tag in tags if tag in text)]
        whole = merge.leftovers(text)
        rest = [mark for mark in left if not any(mark in one for one in whole)]
        for mark in dict.fromkeys([*whole, *rest]):
            line = text.count("\n", 0, text.index(mark)) + 1
            yield Fault(
                said("The %(name)s has “%(mark)s” left in it.", name=name, mark=mark),
                said("Correct the template, or write the words in the story in another way."),
                measured=mark,
                limit="no mark, no tag",
                place=replace(place, line=line, excerpt=mark),
            )


def _examples(addresses: Mapping[str, str]) -> Iterator[Fault]:
    for key, host in addresses.items():
        if is_example_host(host) or is_this_machine(host):
            yield Fault(
                said(
                    "[publication] %(key)s is at %(host)s, where no reader can reach you.",
                    key=key,
                    host=host,
                ),
                said(
                    "Write your own into config.toml; provider = “outbox” tries things out without."
                ),
                measured=host,
                limit="a host of your own",
                place=Place(part="header"),
            )


def _parts(checked: Checked) -> tuple[tuple[Place, str, str], ...]:
    return (
        (Place(part="subject"), "subject", checked.subject),
        (Place(part="preheader"), "preheader", checked.message.preheader),
        (Place(part="html"), "HTML", checked.html),
        (Place(part="text"), "text part", checked.text),
    )
