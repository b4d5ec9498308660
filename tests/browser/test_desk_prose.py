"""The text editor in a real browser: what it cannot express stays, what it writes is the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from tests.support.browser import violations
from tests.support.desk import Renders, make_preview, running_desk
from tests.support.examples import examples

# Kinds that have a face in the editor, and kinds that it keeps as they are written.
SHOWN = (
    "A plain line, with **bold**, _italic_ and `code`.",
    "A [link](https://brief.example.org/a_(b)) \\*and a star\\*.",
    "Two lines\\\nin one",
    "## A subheading",
    "### A smaller one",
    "- one\n- two\n  - inside",
    "3. three\n4. four",
    "- far\n\n- apart",
    "> Quoted words,\n> on two lines.",
    "Set under\n=========",
)
KEPT = (
    "| Day | Boat |\n|--|--:|\n| Monday | Ada |",
    "```\ncode, *as it is*\n```",
    "    indented code",
    "Water is H~2~O, and 10^6^ is much.",
    "~~Struck~~ out.",
    "<div class='x'>\nraw *HTML*\n</div>",
    "![A picture](https://brief.example.org/p.png)",
    "***",
    "[of]: https://brief.example.org/of",
    "A note.[^1]\n\n[^1]: Below.",
)
STORIES = st.lists(st.sampled_from(SHOWN + KEPT), min_size=1, max_size=8)
GAPS = st.sampled_from(["\n\n", "\n\n\n", "\n \n"])
# The page is the same for all examples: each only calls two functions of it.
FEW = settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WORK = """async ([what, text]) => {
  const { Editor, parse, schema, serialize } = await import("../pages/editor.bundle.js");
  const doc = parse(text);
  if (what === "untouched") return serialize(doc).text;
  if (what === "anew") {
    const fresh = schema.nodeFromJSON(doc.toJSON());
    const written = serialize(fresh).text;
    return [JSON.stringify(doc.toJSON()), JSON.stringify(parse(written).toJSON()), written];
  }
  if (what === "one word more") {
    const made = schema.nodes.paragraph.create(null, schema.text("A new beginning."));
    return serialize(doc.copy(doc.content.addToStart(made))).text;
  }
  const place = document.body.appendChild(document.createElement("div"));
  const editor = new Editor(place, { text: "", markup: "text", attributes: { "aria-label": "x" } });
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", text);
  const about = { bubbles: true, cancelable: true, clipboardData };
  editor.dom.dispatchEvent(new ClipboardEvent("paste", about));
  const found = editor.value();
  editor.run("undo");
  const back = editor.value().text;
  place.remove();
  return [found.text, found.markup, back];
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Open one page of the desk for all of it."""
    with running_desk(Renders(make_preview())) as desk:
        opened = browser.new_page()
        opened.goto(desk.url)
        yield opened
        opened.close()


def work(page: Page, what: str, text: str) -> Any:
    """Let the editor's own code do something with a text."""
    return page.evaluate(WORK, [what, text])


@FEW
@given(blocks=STORIES, gap=GAPS)
def test_what_nobody_touches_stays_sign_by_sign(page: Page, blocks: list[str], gap: str) -> None:
    story = gap.join(blocks)
    assert work(page, "untouched", story) == story


@FEW
@given(blocks=STORIES)
def test_a_new_paragraph_leaves_every_other_block_alone(page: Page, blocks: list[str]) -> None:
    story = "\n\n".join(blocks)
    assert work(page, "one word more", story) == f"A new beginning.\n\n{story}"


@FEW
@given(blocks=st.lists(st.sampled_from(SHOWN), min_size=1, max_size=6))
def test_what_the_editor_writes_anew_is_read_as_the_same(page: Page, blocks: list[str]) -> None:
    before, after, written = work(page, "anew", "\n\n".join(blocks))
    assert before == after, written


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (  # as Word writes it
            (
                "<html xmlns:o='x'><head><style>p{margin:0}</style></head><body>"
                "<!--[if gte mso 9]><xml>x</xml><![endif]-->"
                "<p class=MsoNormal><b style='mso-bidi-font-weight:normal'>Tide<o:p></o:p></b> and"
                " <i>time</i></p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>"
                "<span style='mso-list:Ignore'>·<span>&nbsp;</span></span>first</p>"
                "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>"
                "<span style='mso-list:Ignore'>·</span>second</p></body></html>"
            ),
            "**Tide** and _time_\n\n- first\n- second",
        ),
        (  # as Google Docs does
            (
                "<b style='font-weight:normal' id='docs-internal-guid-1'>"
                "<h1 dir='ltr'><span style='font-weight:400'>Title</span></h1>"
                "<p><span style='font-weight:700'>Bold</span>"
                "<span style='font-weight:400'> and a </span>"
                "<a href='https://www.google.com/url?q=https://brief.example.org/x&sa=D'>"
                "<span>link</span></a></p></b>"
            ),
            "## Title\n\n**Bold** and a [link](https://brief.example.org/x)",
        ),
        (  # as a page of the web does
            (
                "<nav>Menu</nav><div><div>One</div><div>Two <script>alert(1)</script>"
                "<a href='javascript:alert(1)'>bad</a></div></div>"
                "<blockquote><p>Said</p></blockquote><img src='x'>"
            ),
            "One\n\nTwo bad\n\n> Said",
        ),
    ],
    ids=["word", "docs", "web"],
)
def test_what_is_pasted_comes_clean_and_can_be_undone(page: Page, html: str, text: str) -> None:
    found, markup, back = work(page, "paste", html)
    assert (found, markup, back) == (text, "markdown", "")


def test_the_page_that_was_used_for_it_has_no_barrier(page: Page) -> None:
    assert violations(page) == []
