"""Addresses from examples and drafts lead a reader nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.core.model.findings import Fault, Severity
from newsletter.core.sentences import said
from newsletter.core.web_addresses import is_example_host
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "link-placeholder"
LEVEL = Severity.ERROR


def check(checked: Checked) -> Iterator[Fault]:
    """Find links to reserved example hosts (RFC 2606), except to the publication's own site."""
    own = urlsplit(checked.unsubscribe_url).hostname
    for link in parse(checked.html).links:
        host = urlsplit(link.get("href")).hostname or ""
        if host != own and is_example_host(host):
            yield Fault(
                said(
                    "The link “%(text)s” leads to the example host %(host)s.",
                    text=link.text,
                    host=host,
                ),
                said("Put the real address in its place."),
                measured=host,
                limit="no host of RFC 2606",
                place=link.place,
            )
