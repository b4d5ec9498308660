"""The Markdown of blogs as blocks of a story: nothing printed as markup, nothing lost unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from newsletter.content import blocks
from newsletter.content.markdown import body
from newsletter.content.markdown.targets import Target, absolute
from newsletter.content.source import Home
from newsletter.content.sources._near import Near
from newsletter.message.render.markdown import to_html

SITE = "https://brief.example.org/news"


def locate(address: str, is_picture: bool) -> Target:
    del is_picture
    return absolute(address, base=SITE)


def read(text: str, *, headline: str = "Tides") -> body.Body:
    return body.read(text, headline=headline, base=SITE, locate=locate)


def only(text: str) -> str:
    (block,) = read(text).blocks
    return block


def reasons(text: str) -> dict[str, str]:
    return {gone.text: gone.reason for gone in read(text).left_out}


@pytest.mark.parametrize(
    "block",
    [
        "A *quiet* day, __well__ spelt,\nand `{{< code >}}` in it.",
        "- one\n  1. two\n- three",
        "| a | b |\n|:--|--:|\n| 1 | 2 |",
        "> quoted\n> twice",
        "```text\n{{< figure >}}\n[^1]\n<b>\n```",
        "~~old~~ H~2~O 10^6^ \\^ \\~",
        "[x](https://brief.example.org/a_(b) 'T') ![y](<https://brief.example.org/c d.png>)",
    ],
)
def test_a_block_without_html_stays_as_it_was_typed(block: str) -> None:
    expected = block.replace("c d.png", "c%20d.png").replace("<https", "https").replace("g>)", "g)")
    assert only(block) == expected
    assert read(block).left_out == ()


# --- shortcodes ----------------------------------------------------------------------------------


def test_shortcodes_go_and_the_prose_inside_stays() -> None:
    text = (
        "Before {{< badge 2 >}}.\n\n{{% tip %}}\nMind the *step*.\n{{% /tip %}}\n\n{% embed a %}\n"
    )
    assert read(text).blocks == ("Before.", "Mind the *step*.")
    assert list(reasons(text)) == ["{{< badge 2 >}}", "{{% tip %}}", "{% embed a %}"]


def test_what_is_highlighted_is_code_and_never_searched() -> None:
    text = "{% highlight sh %}\necho {{ x }}\n\n# no heading\n```\n{% endhighlight %}"
    assert only(text) == "````\necho {{ x }}\n\n# no heading\n```\n````"


def test_raw_and_escaped_marks_are_shown_as_they_were_meant() -> None:
    assert only("{% raw %}`{{ page }}`{% endraw %} ends") == "`{{ page }}` ends"
    assert only("`{{</* fig */>}}` and {{%/* tip */%}}") == "`{{< fig >}}` and {{% tip %}}"
    assert only("Braces {% raw %}`{%`{% endraw %} and {% raw %}`%}`{% endraw %}.") == (
        "Braces `{%` and `%}`."
    )


def test_loops_and_comments_go_with_what_they_hold() -> None:
    loop = "{% for p in site.posts %}\n* {{ p.title }}\n{% endfor %}"
    text = f"A.\n\n{loop}\n\n{{% comment %}}x{{% endcomment %}}"
    assert read(text).blocks == ("A.",)


def test_values_are_unknown_but_a_quoted_text_is_not() -> None:
    assert only("See [x]({{ '/log' | relative_url }}), **{{ site.title }}**.") == (
        "See [x](https://brief.example.org/log),."
    )
    assert only("[a]({{ site.baseurl }}/b)") == "[a](https://brief.example.org/b)"


def test_an_address_with_an_unknown_part_is_no_link() -> None:
    text = 'See [the log]({{< ref "log.md" >}}) and [more](/p/{{ page.id }}/x).'
    assert only(text) == "See the log and more."
    assert "/p/…/x" in reasons(text)


# --- footnotes -----------------------------------------------------------------------------------


def test_footnotes_are_numbered_as_met_and_stand_last() -> None:
    text = (
        "One.[^b] Two.^[An *aside*.] Again.[^b]\n\n[^b]: Said [so][s].\n\n    And more.[^c]\n\n"
        "[^c]: Deep.\n\nEnd.\n\n[s]: /source\n"
    )
    assert read(text).blocks == (
        "One.^1^ Two.^2^ Again.^1^",
        "End.",
        "^1^ Said [so][s].\n\n[S]: <https://brief.example.org/source>",
        "And more.^3^",
        "^2^ An *aside*.",
        "^3^ Deep.",
    )


def test_notes_without_a_text_or_a_place_are_named() -> None:
    text = "A.[^x] `[^y]`\n\n[^z]: Lonely."
    assert read(text).blocks == ("A. `[^y]`",)
    assert reasons(text) == {
        "[^x]": "a footnote that has no text",
        "Lonely.": "a footnote that nothing points to",
    }


# --- HTML ----------------------------------------------------------------------------------------


def test_simple_elements_become_marks() -> None:
    text = "A <b>bold</b>, <sup>2</sup><br/>and <del>old</del> <kbd>K</kbd> <span>x</span>."
    assert only(text) == "A **bold**, ^2^\\\nand ~~old~~ `K` x."


def test_comments_are_left_out_and_named_but_not_in_code() -> None:
    text = "A. <!-- more -->\n\n<!-- todo\n\nlater -->\n\n`<!-- kept -->`"
    assert read(text).blocks == ("A.", "`<!-- kept -->`")
    assert list(reasons(text)) == ["<!-- more -->", "<!-- todo later -->"]


def test_other_elements_are_read_by_the_rules_of_feeds() -> None:
    text = (
        '<div class="x">\n<p>Words of <a href="/a">ours</a>.</p>\n</div>\n\n'
        '<a href="/b"><img src="c.png" alt="A pier"></a>\n\n<iframe src="https://x.example.net">'
        "</iframe>\n\n<script>alert(1)</script>"
    )
    assert read(text).blocks == (
        "Words of [ours](<https://brief.example.org/a>).",
        "[A pier](<https://brief.example.org/b>)",
    )
    assert {"https://x.example.net", "<script>"} == set(reasons(text))


@pytest.mark.parametrize("tag", ["b", "sup", "q", "details", "table", "img", "p", "a", "ul"])
def test_no_element_is_printed(tag: str) -> None:
    text = f"Before <{tag}>in</{tag}> after.\n\n<{tag}>\n\nText\n\n</{tag}>"
    assert "&lt;" not in "".join(to_html(block, heading=2) for block in read(text).blocks)


# --- flavours ------------------------------------------------------------------------------------


def test_attributes_in_braces_are_no_text() -> None:
    text = '## Head {#id .x}\n\nA [b](/c){:target="_blank"} `d`{: .e}.\n{: .note}\n\n* TOC\n{:toc}'
    assert read(text).blocks == ("## Head", "A [b](https://brief.example.org/c) `d`.")


def test_alerts_tasks_and_definitions_are_written_in_the_dialect() -> None:
    assert only("> [!TIP]\n> Row slowly.") == "> **Tip**\n>\n> Row slowly."
    assert only("- [ ] oar\n- [x] rope") == "- ☐ oar\n- ☑ rope"
    assert read("Neap\n: The small tide.\n: Or\n  so.").blocks == (
        "**Neap**",
        "The small tide.",
        "Or\nso.",
    )


def test_a_heading_that_repeats_the_headline_is_left_out() -> None:
    assert read("# Tides\n\nText.", headline="Tides").blocks == ("Text.",)
    assert read("# Winds\n\nText.", headline="Tides").blocks == ("# Winds", "Text.")


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("/map", "https://brief.example.org/map"),
        ("img/b.png", "https://brief.example.org/news/img/b.png"),
        ("//cdn.example.net/x", "https://cdn.example.net/x"),
        ("https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9"),
        ("mailto:a@brief.example.org", "mailto:a@brief.example.org"),
        ("#top", None),
        ("tel:123", None),
        ("javascript:alert(1)", None),
    ],
)
def test_addresses_resolve_by_the_publications_own(written: str, address: str | None) -> None:
    assert absolute(written, base=SITE).address == address


def test_without_an_address_of_the_publication_the_words_stay() -> None:
    found = body.read(
        "See [*the* map](/map), ![a boat](b.png).\n\n![alone](c.png)\n\n[![p](d.png)](https://x.example.org)",
        headline="T",
        base="",
        locate=lambda address, _: absolute(address, base=""),
    )
    assert found.blocks == ("See *the* map, a boat.", "[p](https://x.example.org)")
    assert [gone.text for gone in found.left_out] == ["/map", "b.png", "c.png", "d.png"]


def near(root: Path, *, media: str | None) -> Near:
    return Near(root=root, folder=root / "stories", home=Home(url=SITE, media=media))


def test_a_picture_beside_the_story_is_kept_where_media_is_served(tmp_path: Path) -> None:
    (tmp_path / "stories").mkdir()
    Image.new("RGB", (400, 200)).save(tmp_path / "stories" / "my boat.png")
    kept = near(tmp_path, media="https://media.example.org/").locate("my%20boat.png", True)
    (file,) = (tmp_path / "content" / "media").iterdir()
    assert kept == Target(f"https://media.example.org/{file.name}")
    unreachable = near(tmp_path, media=None).locate("my%20boat.png", True)
    assert unreachable.address is None
    assert "[media] url" in unreachable.reason


def test_a_picture_outside_of_the_publication_is_never_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "stories").mkdir(parents=True)
    Image.new("RGB", (400, 200)).save(tmp_path / "secret.png")
    found = near(root, media="https://media.example.org").locate("../../secret.png", True)
    assert found.address == "https://brief.example.org/secret.png"
    assert not (root / "content").exists()


# --- whatever comes ------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("{{< a >}}", "{{% b %}}", "{{% /b %}}", "{% raw %}", "{% endraw %}", "{{ c }}", "`"),
        *("```\n", "<b>", "</b>", "<!--", "-->", "<div>\n", "[^1]", "\n[^1]: n", "[x](/y)"),
        *("![z](w)", "\n\n", "- ", "> ", "    ", "| a | b |\n|-|-|\n", "word ", "^", "~~"),
        *("{: .d}", "\\", "\n: ", "{% highlight a %}", "{% endhighlight %}"),
    ]
)


@settings(deadline=None)
@example("<div>\n`\n[^1]: n{{< a >}}")
@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_text_becomes_blocks_that_can_be_stored(text: str) -> None:
    found = read(text).blocks
    assert all(block.strip() for block in found)
    assert not any(sign in block for block in found for sign in ("\ue000", "\ue001"))
    for block in blocks.split(blocks.join(found), "markdown"):
        to_html(block, heading=2)


def test_a_long_text_is_read_in_time_that_grows_with_it() -> None:
    text = "".join(f"* [n{n}](/{n}) <b>x</b> {{{{ v }}}} `c`[^1]\n" for n in range(1500))
    assert len(read(text + "\n[^1]: N.").blocks) == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "import Card from './card'\n\n<Card>\n1. See [tables](/tables).\n\n2. Wait.\n</Card>",
            ("1. See [tables](https://brief.example.org/tables).\n\n2. Wait.",),
        ),
        ("<Tide.Note>\n    High *water*.\n</Tide.Note>\n\nLow.", ("High *water*.", "Low.")),
        ('Low.\n\n<Chart data={{ a: [1, 2] }} of="quay"\n  wide />\n\nHigh.', ("Low.", "High.")),
        ("High water{/* by the pilot */} at noon.", ("High water at noon.",)),
        ("<Card>\n```\n<Card>x</Card>\n```\n</Card>", ("```\n<Card>x</Card>\n```",)),
        ("Write `<Card />` and `[[Tides]]`.", ("Write `<Card />` and `[[Tides]]`.",)),
        (":::note[Spring tide]\nMind *steps*.\n:::", ("**Spring tide**", "Mind *steps*.")),
        (":::note\nMind the steps.\n:::", ("**Note**", "Mind the steps.")),
        ("::: {.two-columns}\nMind the steps.\n:::", ("Mind the steps.",)),
        ('!!! tip "By boat"\n    Mind steps.\n\nHigh.', ("**By boat**", "Mind steps.", "High.")),
        ("See [[Places/Old Quay#Steps]] and [[Moon|the moon]].", ("See Old Quay and the moon.",)),
        ("![[quay.png]]\n\nA ==high== tide.%%ask Ida%% ^tide-1", ("A high tide.",)),
        ("See [[1]](https://a.example/) if a == b == c.",
         ("See [[1]](https://a.example/) if a == b == c.",)),
    ],
)  # fmt: skip
def test_what_mdx_boxes_and_vaults_add_is_not_printed(text: str, found: tuple[str, ...]) -> None:
    assert read(text).blocks == found


def test_what_goes_of_components_and_vaults_is_told() -> None:
    told = reasons("<Chart of='quay' />\n\n![[quay.png]] High.%%ask Ida%%")
    assert set(told) == {"<Chart of='quay' />", "![[quay.png]]", "%%ask Ida%%"}
