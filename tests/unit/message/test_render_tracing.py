"""From an element of the HTML back to the line of the template it was written in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model.findings import Finding, Place, Severity
from newsletter.editions import proofs
from newsletter.message.html.document import parse
from newsletter.message.placing import with_templates
from newsletter.message.render.jinja import MARK
from newsletter.message.render.message import render, trace
from newsletter.message.render.origin import Marked
from newsletter.message.render.tracing import labelled
from tests.support.edition import (
    TEMPLATES,
    make_edition,
    make_full_edition,
    make_settings,
    make_story,
)

NAMES = sorted(path.name.split(".")[0] for path in (TEMPLATES / "email").glob("*.mjml.j2"))
LABEL = re.compile(r"written-at-(\d+)")


@pytest.mark.parametrize("name", NAMES)
def test_every_tag_an_author_wrote_is_found_on_its_line(name: str) -> None:
    settings = make_settings(Path(), template={"name": name})
    traced = trace(make_full_edition(), settings, folders=[TEMPLATES])
    seen = 0
    for element in parse(traced.html).elements:
        for number in LABEL.findall(element.get("class")) if element.tag in {"a", "h2"} else ():
            file, line = traced.places[int(number)]
            text = file.read_text(encoding="utf-8").splitlines()[line - 1]
            assert f"<{element.tag}" in text or "{{ block" in text or "mj-button" in text, text
            seen += 1
    assert seen > 3


@pytest.mark.parametrize("name", NAMES)
def test_the_elements_are_those_of_the_message(name: str) -> None:
    settings = make_settings(Path(), template={"name": name})
    edition = make_full_edition()
    message = render(edition, settings, folders=[TEMPLATES]).message
    traced = trace(edition, settings, folders=[TEMPLATES])
    assert [e.tag for e in parse(traced.html).elements] == [
        e.tag for e in parse(message.html).elements
    ]


def test_a_finding_names_the_line_of_the_publication_s_own_partial(tmp_path: Path) -> None:
    partials = tmp_path / "templates/email/partials"
    partials.mkdir(parents=True)
    story = (TEMPLATES / "email/partials/story.mjml.j2").read_text(encoding="utf-8")
    assert "<h1" in story
    (partials / "story.mjml.j2").write_text(story.replace("<h1", "<h4").replace("</h1", "</h4"))
    proof = proofs.prove(
        make_edition(), make_settings(tmp_path), folders=[tmp_path / "templates", TEMPLATES]
    )
    (found,) = (one for one in proof.findings if "headings <h1>" in one.message)
    assert found.place == Place(part="html", tag="body", template=None)
    edition = make_edition(stories=(make_story(link="https://example.com/x"),))
    proof = proofs.prove(
        edition, make_settings(tmp_path), folders=[tmp_path / "templates", TEMPLATES]
    )
    (found,) = (one for one in proof.findings if one.code == "link-placeholder")
    assert found.place is not None
    assert found.place.template is not None
    name, _, line = found.place.template.partition(":")
    assert name == "email/partials/story.mjml.j2"
    assert "mj-button" in story.splitlines()[int(line) - 1]


def test_other_elements_than_those_of_the_message_tell_nothing() -> None:
    finding = Finding(
        "Bad.", code="x", severity=Severity.ERROR, place=Place(part="html", tag="p", index=0)
    )
    traced = '<body><div class="written-at-0"><p>a</p></div></body>'
    told = with_templates([finding], html=traced, traced=traced, written=["a:1"])
    assert told[0].place == Place(part="html", tag="p", index=0, template="a:1")
    html = "<body><p>a</p></body>"
    assert with_templates([finding], html=html, traced=traced, written=["a:1"]) == (finding,)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<mj-body><p>", '<mj-body css-class="written-at-0"><p class="written-at-1">'),
        ('<mj-body><p class="x">', '<mj-body css-class="written-at-0"><p class="written-at-1 x">'),
        (
            "<mj-body><mj-text css-class='x' />",
            "<mj-body css-class=\"written-at-0\"><mj-text css-class='written-at-1 x' />",
        ),
        ("<mj-body><!-- <p> --><br/>", None),
        ("<mj-head><p></mj-head>", None),
    ],
)
def test_labels_stand_where_the_engine_takes_them(written: str, expected: str | None) -> None:
    text, places = labelled(Marked(MARK.format(file="a", line=1) + written))
    assert expected is None or text == expected
    if expected is None:
        assert "<p class" not in text or "mj-head" in written
        assert "<!-- <p> -->" in text or "mj-head" in written
    assert len(places) == text.count("written-at-")


@given(st.lists(st.tuples(st.text("ab\n", max_size=5), st.integers(1, 99)), max_size=6))
def test_any_offset_has_the_last_mark_before_it(pieces: list[tuple[str, int]]) -> None:
    marked = Marked("".join(MARK.format(file="f", line=line) + text for text, line in pieces))
    assert marked.text == "".join(text for text, _ in pieces)
    offset = 0
    for text, line in pieces:
        if text:
            assert marked.place(offset) == (Path("f"), line)
        offset += len(text)
