"""Style sheets are written out in what mail programs understand."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.core.errors import TemplateError
from newsletter.message.render.templates import written_out

FILE = Path("email/base.css")
TOKENS = {"light-paper": "#FFFFFF", "dark-paper": "#191B1F", "say": "Georgia, serif"}


def written(css: str, *, start: str = "left", end: str = "right") -> str:
    return written_out(css, file=FILE, tokens=TOKENS, start=start, end=end)


def test_a_variable_becomes_its_colour() -> None:
    assert written("p { color: var(--light-paper); background: var( --dark-paper ) }") == (
        "p { color: #FFFFFF; background: #191B1F }"
    )
    assert written("p { font-family: var(--say) }") == "p { font-family: Georgia, serif }"


@pytest.mark.parametrize(("start", "end"), [("left", "right"), ("right", "left")])
def test_a_logical_side_becomes_the_side_the_text_begins_on(start: str, end: str) -> None:
    css = "p { border-inline-start: 0; padding-inline-end: 1px; margin-inline-start: 2px }"
    assert written(css, start=start, end=end) == (
        f"p {{ border-{start}: 0; padding-{end}: 1px; margin-{start}: 2px }}"
    )


def test_comments_are_not_read_and_not_mailed() -> None:
    assert written("/* var(--nothing)\n */ p { top: 0 } /* b */") == "p { top: 0 }"


def test_an_unknown_colour_is_told_with_file_line_and_the_valid_ones() -> None:
    with pytest.raises(TemplateError) as caught:
        written("/* one\ntwo */\np { color: var(--light-papier) }")
    assert caught.value.what == "email/base.css, line 3: there is no colour or font --light-papier."
    assert caught.value.hint == "Valid: --light-paper, --dark-paper, --say."
