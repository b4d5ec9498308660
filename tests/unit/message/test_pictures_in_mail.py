"""A picture is shown at most at its own size, in the mail and on the web page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.core.config.settings import Template
from newsletter.core.model import Edition
from newsletter.message.render.web import render_web
from tests.support.checked import check_edition
from tests.support.edition import TEMPLATES, make_edition, make_settings, make_story


def with_picture(width: int | None) -> Edition:
    """Return an edition whose picture is so wide."""
    story = make_story()
    assert story.image is not None
    return make_edition(
        stories=(replace(story, image=replace(story.image, width=width, height=300)),)
    )


@pytest.mark.parametrize(
    ("template", "own", "shown"),
    [
        ("brief", 300, 300), ("brief", 639, 639), ("brief", 640, 640), ("brief", 1280, 640),
        ("brief", None, 640), ("letter", 300, 300), ("letter", 1280, 600),
    ],
)  # fmt: skip
def test_a_small_picture_is_never_enlarged(template: str, own: int | None, shown: int) -> None:
    html = check_edition(with_picture(own), template=Template(name=template)).html
    assert re.findall(r'<img [^>]*\bwidth="(\d+)"', html) == [str(shown)]


def test_the_web_page_does_not_enlarge_one_either() -> None:
    page = render_web(with_picture(400), make_settings(Path()), folders=[TEMPLATES])
    assert 'width="400"' in page
    assert not re.search(r"figure img \{[^}]*[; {]width: 100%", page)
