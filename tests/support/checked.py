"""Messages as a reader gets them, for tests of checks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from newsletter.core.model import Edition
from newsletter.message.check import Checked, checked_message
from newsletter.message.external import External
from newsletter.message.render.message import render
from tests.support.edition import (
    ADDRESS,
    TEMPLATES,
    UNSUBSCRIBE,
    make_edition,
    make_settings,
    make_story,
)

READER = {"address": ADDRESS, "name": "A Reader With Quite a Long Name Indeed"}


def check_edition(edition: Edition, **settings: Any) -> Checked:
    """Render an edition with the bundled template, and fill it for one reader."""
    made = make_settings(Path(), **settings)
    return checked_message(
        edition,
        render(edition, made, folders=[TEMPLATES]).message,
        values=READER,
        unsubscribe_url=UNSUBSCRIBE,
        settings=made,
    )


@cache
def good() -> Checked:
    """Return a message in which no check finds anything."""
    return check_edition(make_edition())


def with_html(old: str, new: str) -> Checked:
    """Return the good message with one thing in its HTML replaced; it has to be there."""
    checked = good()
    assert old in checked.html, old
    return replace(checked, html=checked.html.replace(old, new))


def with_text(old: str, new: str) -> Checked:
    """Return the good message with one thing in its text part replaced; it has to be there."""
    checked = good()
    assert old in checked.text, old
    return replace(checked, text=checked.text.replace(old, new))


def with_link(address: str, text: str = "a link") -> Checked:
    """Return the good message with one more link, in both parts."""
    html = good().html.replace("</h1>", f'</h1><p><a href="{address}">{text}</a></p>')
    return replace(good(), html=html, text=good().text + f"\n{address}\n")


def with_outside(**found: Any) -> Checked:
    """Return the good message with something that was found out about it."""
    return replace(good(), outside=External(**found))


def with_picture(tag: str) -> Checked:
    """Return the good message with one more picture."""
    return with_html("</h1>", f"</h1>{tag}")


def with_story(*paragraphs: str, **changes: Any) -> Checked:
    """Return the good message with the lead story's paragraphs changed, in the edition alone."""
    story = make_story(paragraphs=paragraphs, **changes)
    return replace(good(), edition=make_edition(stories=(story,)))


def with_quote(**changes: Any) -> Checked:
    """Return the good message with its quote changed, in the edition alone."""
    edition = make_edition()
    assert edition.quote is not None
    return replace(good(), edition=replace(edition, quote=replace(edition.quote, **changes)))


def with_word(**changes: Any) -> Checked:
    """Return the good message with its word changed, in the edition alone."""
    edition = make_edition()
    assert edition.word is not None
    return replace(good(), edition=replace(edition, word=replace(edition.word, **changes)))
