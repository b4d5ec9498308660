"""HTML into Markdown: what a browser shows is what the mail shows, and nothing vanishes."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin

from newsletter.content import blocks
from newsletter.content.escaping import escaped
from newsletter.content.html import read
from newsletter.core.errors import SourceError
from tests.support.examples import examples

BASE = "https://site.example/post"
READER = (
    MarkdownIt("commonmark", {"html": False})
    .enable(["table", "strikethrough"])
    .use(sub_plugin)
    .use(superscript_plugin)
)


def markdown(html: str) -> list[str]:
    return list(read(html, base=BASE).markdown)


def left_out(html: str) -> list[tuple[str, str]]:
    return [(one.text, one.reason) for one in read(html, base=BASE).left_out]


def shown(text: str) -> str:
    """Return the words a reader sees, one space between them."""
    plain = re.sub(r"<[^>]*>", " ", READER.render(text))
    for name, sign in {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}.items():
        plain = plain.replace(name, sign)
    return " ".join(plain.split())


# --- as a browser sees it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>A line\n  that is\twrapped</p>", ["A line that is wrapped"]),
        ("<p>over <em>the\nhill</em> and <a href='/x'>far\naway</a></p>",
         ["over *the hill* and [far away](<https://site.example/x>)"]),
        ("<p>one<br>two<br><br>three</p>", ["one\\\ntwo", "three"]),
        ("<b><p>The boat.</p><p>The sea.</p></b>", ["**The boat.**", "**The sea.**"]),
        ('<b style="font-weight: normal"><p>The boat.</p></b>', ["The boat."]),
        ("<span>lead<div>middle</div>end</span>", ["lead", "middle", "end"]),
        ("<a href='/x'><h3>Head</h3><p>Text</p></a>",
         ["## [Head](<https://site.example/x>)", "[Text](<https://site.example/x>)"]),
        ("<h2>One</h2><p>a</p><h4>Two</h4><p>b</p>", ["## One", "a", "### Two", "b"]),
        ("<p>10<sup>6</sup> H<sub>2</sub>O, the 1<sup>st</sup>, x<sup>a b</sup></p>",
         ["10⁶ H₂O, the 1st, x^a\u00a0b^"]),
        ("<p><del>5</del> <ins>6</ins> <q>no <q>way</q></q></p>", ["~~5~~ 6 “no ‘way’”"]),
        ('<p lang="de"><q>nie</q></p>', ["„nie“"]),
        ('<p lang="fr"><q>jamais</q></p>', ["«\u00a0jamais\u00a0»"]),
        ("<p>run <code>a`b*c</code></p>", ["run ``a`b*c``"]),
        ("<pre>a\n  b\n</pre>", ["```\na\n  b\n```"]),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", ["- a\n  - b\n- c"]),
        ('<ol start="3"><li>c</li><li value="7">g</li><li>h</li></ol>', ["3. c\n7. g\n8. h"]),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", ["- a", "* b"]),
        ("<ol><li>a</li></ol><ol><li>b</li></ol>", ["1. a", "1) b"]),
        ("<ul><li><h3>A</h3><p>x</p></li><li><h3>B</h3><p>y</p></li></ul>",
         ["## A", "x", "## B", "y"]),
        ("<dl><dt>Neap</dt><dd>A small tide.</dd></dl>", ["- **Neap**: A small tide."]),
        ("<details><summary>Who?</summary>They.</details>", ["**Who?**", "They."]),
        ("<blockquote><p>a</p><p>b</p></blockquote>", ["> a\n>\n> b"]),
        ("<table><tr><th>Day<th>Time<tr><td>Mon<td>06:10</table>",
         ["| Day | Time |\n| --- | --- |\n| Mon | 06:10 |"]),
        ("<table><tr><td>Mon<td>06:10<tr><td>Tue<td>07:10</table>",
         ["Mon · 06:10\\\nTue · 07:10"]),
        ("<table><tr><td><p>One.</p><p>Two.</p></td><td>x</td></tr></table>",
         ["One.", "Two.", "x"]),
        ('<p>done <img class="emoji" alt="🎉" src="x.png"></p>', ["done 🎉"]),
        ("<ul><li><input type=checkbox checked> tea</li></ul>", ["- ☑ tea"]),
        ("<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>", ["漢字(かんじ)"]),
        ("<h2>Tides <a href='#tides'>¶</a></h2><p>x</p>", ["## Tides", "x"]),
        ("<p>7&#8209;30, Dampf&shy;schiff, &lrm;22:00, cafe&#769;, a&#8203;b</p>",
         ["7‑30, Dampf\u00adschiff, \u200e22:00, cafe\u0301, a\u200bb"]),
        ("<p>see &#149; this</p>", ["see • this"]),
        ("<p>1. no list</p><p># none</p><p>- none</p>", ["1\\. no list", "\\# none", "\\- none"]),
        ("<p>write <a href='mailto:desk@site.example'>us</a></p>",
         ["write [us](<mailto:desk@site.example>)"]),
        ("<p>a <a href='javascript:x()'>trap</a></p>", ["a trap"]),
        ("<p>seen <span style='display:none'>unseen</span></p>", ["seen"]),
        ("<ul><li>a <i hidden>b</i></li><li>c</li></ul>", ["- a\n- c"]),
        ("<p>10<sup style='display: none'>[update]</sup> boats</p>", ["10 boats"]),
        ("<p>An end without a stop", ["An end without a stop"]),
    ],
)  # fmt: skip
def test_each_kind_of_markup(html: str, expected: list[str]) -> None:
    assert markdown(html) == expected


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ('<p>The post <a href="/a">Tides</a> appeared first on <a href="/">Site</a>.</p>',
         "a line of the site's plug-in"),
        ('<p>Der Beitrag <a href="/a">Ebbe</a> erschien zuerst auf <a href="/">Hafen</a>.</p>',
         "a line of the site's plug-in"),
        ('<p>Share this: <a href="https://www.facebook.com/sharer.php?u=x">Facebook</a></p>',
         "links for sharing"),
        ('<ul><li><a href="https://x.com/intent/post?u=1">X</a></li></ul>', "links for sharing"),
        (f'<p><a href="{BASE}#more">Continue reading</a></p>', "leads to the page itself"),
        ("<p>* * *</p>", "a line without words"),
        ("<nav>Home News Sport</nav>", "navigation"),
        ("<form>Your address</form>", "a form"),
        ('<p class="screen-reader-text">for machines</p>', "hidden on the page"),
        ('<span class="sr-only">for machines</span>', "hidden on the page"),
        ("<figure><img src=x><figcaption>The quay</figcaption></figure>",
         "the caption of a picture"),
        ("<p>Advertisement</p>", "a line of the site around the text"),
    ],
)  # fmt: skip
def test_what_is_no_text_of_the_story_is_left_out_with_its_reason(html: str, reason: str) -> None:
    whole = f"<p>Before it stands a sentence.</p>{html}<p>And one behind it.</p>"
    assert [said for _, said in left_out(whole)] == [reason]
    assert markdown(whole) == ["Before it stands a sentence.", "And one behind it."]


@pytest.mark.parametrize(
    "text",
    [
        "The post office appeared on the harbour wall in 1912, and has stood there since.",
        "Share prices fell on Monday, as the ferry company told its owners.",
        "Read more books, said the harbour master.",
        "He was first seen on the quay.",
        "Rated 4 out of 5 stars.",
    ],
)
def test_prose_about_such_things_stays(text: str) -> None:
    assert left_out(f"<p>{text}</p>") == []


def test_a_table_too_large_for_a_mail_is_left_out_and_said() -> None:
    row = "<tr>" + "".join(f"<td>cell{n}</td>" for n in range(6)) + "</tr>"
    [(text, reason)] = left_out(f"<table>{row * 3}</table>")
    assert "cell5" in text
    assert reason == "a table of 3 rows and 6 columns, too large for a mail"


# --- rules ---------------------------------------------------------------------------------------

SIGNS = st.text(alphabet="ab1 \\`*_{}[]()<>#+-=.!|~^&:/\"'\u201c\u2014", min_size=1, max_size=24)
TAGS = [
    *("p", "i hidden", "span class=sr-only", "div", "span", "b", "em", "a", "li", "ul", "ol"),
    *("blockquote", "h2", "h3", "td", "tr", "table", "section", "del", "sup", "q", "code", "dl"),
    *("dt", "dd", "details", "figure", "figcaption", "nav", "aside", "pre", "article", "header"),
    *("form", "button"),
]


@given(SIGNS)
def test_every_sign_of_a_text_is_shown_as_it_is(text: str) -> None:
    assert shown(escaped(text)) == " ".join(text.split())


@given(
    st.lists(st.tuples(st.sampled_from(["b", "em", "span", "a", "del", "i"]), SIGNS), max_size=5)
)
def test_markdown_shows_the_words_of_the_html(runs: list[tuple[str, str]]) -> None:
    def run(tag: str, text: str) -> str:
        href = ' href="https://x.example/(a)"' if tag == "a" else ""
        return f"<{tag}{href}>{escape(text)}</{tag}>"

    found = read("<p>" + "".join(run(*one) for one in runs) + "</p>", base=BASE)
    for block, text in zip(found.blocks, found.markdown, strict=True):
        assert shown(text).replace(" ", "") == block.plain.replace(" ", "")


@st.composite
def trees(draw: st.DrawFn) -> str:
    """Draw markup, rightly nested or not, in which each text is a word of its own."""
    out: list[str] = []
    for number in range(draw(st.integers(1, 14))):
        tag = draw(st.sampled_from(TAGS))
        out.append(
            draw(st.sampled_from([f"<{tag}>", f"</{tag.split()[0]}>", f"<{tag}>", "<br>", "\n"]))
        )
        out.append(f"word{number}x" + draw(st.sampled_from([" ", ".", " and ", "\u00ad"])))
    return "".join(out)


@settings(max_examples=examples(150))
@given(trees())
def test_every_word_is_in_the_text_or_left_out_with_a_reason(html: str) -> None:
    found = read(html, base=BASE)
    kept = " ".join(block.plain for block in found.blocks)
    gone = " ".join(one.text for one in found.left_out)
    words = re.findall(r"word\d+x", html)
    assert sorted(re.findall(r"word\d+x", f"{kept} {gone}")) == sorted(words)
    assert all(one.reason for one in found.left_out)
    in_mail = " ".join(shown(text) for text in found.markdown)
    assert all(word in in_mail for word in re.findall(r"word\d+x", kept))


@settings(max_examples=examples(100))
@given(trees())
def test_blocks_stay_apart_when_they_are_written_and_read_again(html: str) -> None:
    written = read(html, base=BASE).markdown
    assert len(blocks.split(blocks.join(written), "markdown")) == len(written)


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p " + " ".join(f"a{n}=1" for n in range(3_000)) + ">x</p>", "attributes"),
        ("<div>" * 2_000 + "x", "elements inside each other"),
        ("<b>x</b>" * 60_000, "tags"),
    ],
)
def test_what_would_keep_the_parser_busy_is_refused_wherever_it_comes_from(
    html: str, said: str
) -> None:
    with pytest.raises(SourceError, match=f"An item has .*{said}"):
        read(html, name="An item")
