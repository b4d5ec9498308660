"""Say of every line of a pasted page what it was read as, or that it was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.content.pasted.learned import NOTHING_LEARNED, Site
from newsletter.content.pasted.model import Page, Role, Traced
from newsletter.content.pasted.parse import parse_page

__all__ = ["Role", "Traced", "Tracing", "trace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """A page with all its lines, in page order."""

    page: Page
    lines: tuple[Traced, ...]


def trace(
    data: bytes | str, *, furniture: Sequence[str] = (), site: Site = NOTHING_LEARNED
) -> Tracing:
    """Read a page as `parse_page` does, and say of each line where it went, in page order."""
    page = parse_page(data, furniture=furniture, site=site)
    return Tracing(page=page, lines=page.lines)
