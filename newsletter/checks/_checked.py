"""The message as one reader gets it, and the addresses in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter import merge
from newsletter.checks._html import parse
from newsletter.core.config.settings import Settings
from newsletter.core.errors import TemplateError
from newsletter.core.model import Edition, Message
from newsletter.ports import Checked


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a message's pictures are, and where its links lead, in order."""

    pictures: tuple[str, ...]
    links: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Give both, the pictures first."""
        return self.pictures + self.links


def addresses(checked: Checked) -> Addresses:
    """Give the addresses that a reader's program asks for."""
    page = parse(checked.html)
    pictures = tuple(image.get("src") for image in page.all("img"))
    return Addresses(pictures, tuple(link.get("href") for link in page.links))


def checked_message(
    edition: Edition,
    message: Message,
    *,
    values: Mapping[str, str],
    unsubscribe_url: str,
    settings: Settings,
) -> Checked:
    """Put one reader's values into the message, as the provider will.

    `values` has a value for each field of the message, by name; give the longest there are. Raises
    `TemplateError` for a field that has neither a value nor a fallback.
    """
    try:
        own = merge.own_addresses(unsubscribe_url)
        tags = merge.substitutions(message.fields, {**values, **own})
    except KeyError as error:
        name = str(error.args[0])
        raise TemplateError(
            f"The template asks for the reader's “{name}”, which this reader does not have.",
            hint=f'Give it a fallback in the template: merge("{name}", "…").',
        ) from error
    return Checked(
        edition=edition,
        message=message,
        subject=merge.fill(message.subject, tags),
        html=merge.fill(message.html, tags),
        text=merge.fill(message.text, tags),
        unsubscribe_url=unsubscribe_url,
        postal_address=settings.publication.postal_address,
        language=settings.publication.language,
        no_story=settings.edition.no_story,
        clients=settings.clients.supported,
    )
