"""What a field of an edition may hold: texts, addresses, numbers, each as it is refused. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from newsletter.content.validity import FIGURE_LENGTH, KICKER_LENGTH
from newsletter.core.sentences import said
from newsletter.core.web_addresses import as_carried


def _none_if_empty(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError(said("must not be empty"))
    return text.strip()


def https(url: str) -> str:
    """Return an address as mail carries it. Raises `ValueError` for one without https."""
    carried = as_carried(url)
    if carried is None or not carried.startswith("https://"):
        raise ValueError(said("must be an address that begins with https://"))
    return carried


def _web(url: str) -> str:
    carried = as_carried(url)
    if carried is None:
        raise ValueError(said("must be an address that begins with https:// or http://"))
    return carried


def _short(most: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text.splitlines()) > 1:
            raise ValueError(said("must stand on one line"))
        if len(text.strip()) > most:
            raise ValueError(
                said(
                    "has %(count)s characters; %(most)s is the limit",
                    count=len(text.strip()),
                    most=most,
                )
            )
        return text

    return check


Text = Annotated[str, AfterValidator(_not_blank)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
Maybe = Annotated[str | None, BeforeValidator(_none_if_empty)]
Link = Annotated[Annotated[str, AfterValidator(_web)] | None, BeforeValidator(_none_if_empty)]
Kicker = Annotated[
    Annotated[str, AfterValidator(_short(KICKER_LENGTH))] | None, BeforeValidator(_none_if_empty)
]
Figure = Annotated[
    Annotated[str, AfterValidator(_short(FIGURE_LENGTH))] | None, BeforeValidator(_none_if_empty)
]
Pixels = Annotated[int, Field(gt=0)] | None
