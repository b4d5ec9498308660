"""The word feed of Merriam-Webster: its traps, and what is taken from it."""

from __future__ import annotations

from datetime import date

import pytest

from newsletter.content.sources import merriam_webster
from newsletter.content.sources.merriam_webster import read_entry
from newsletter.core.errors import SourceError
from newsletter.core.model import Part, Word
from tests.support.recorded import DAY, Always, Recorded, source_options

FEED = "https://www.merriam-webster.com/wotd/feed/rss2"
SITE = "https://www.merriam-webster.com/word-of-the-day"
# Made up; the layout is the documented one, paragraphs within a paragraph included.
LAYOUT = """<font size="-1" face="arial, helvetica">
<p> <strong>Merriam-Webster's Word of the Day for {day} is:</strong></p>
<p><strong>{word}</strong> {heading}<br />
{body}
<p><a href="https://www.merriam-webster.com/dictionary/{word}">See the entry &gt;</a></p></p>
<p><strong>Examples:</strong><br />&ldquo;A line out of a newspaper.&rdquo;
&mdash; A. Reporter, <em>The Paper</em>, 2026</p>
<p><strong>Did you know?</strong><br />The word is <em>older</em> than it looks.<br /><br /></p>
</font>"""
BODY = "<p>A <em>lull</em> is a short time of quiet.</p><p>// The gulls came back in the lull.</p>"
HEADING = "&#149; \\LUL\\&nbsp; &#149; <em>noun</em>"


def description(
    *,
    body: str = BODY,
    heading: str = HEADING,
    word: str = "lull",
    banner: str = "March 24, 2026",
) -> str:
    return LAYOUT.format(day=banner, word=word, heading=heading, body=body)


def item(
    content: str,
    *,
    word: str = "lull",
    link: str = f"{SITE}/lull-2026-03-24",
    published: str = "Tue, 24 Mar 2026 01:00:01 -0400",
    short: str = "<merriam:shortdef>a temporary pause</merriam:shortdef>",
) -> str:
    return f"""<item><title><![CDATA[ {word} ]]></title><link><![CDATA[{link}]]></link>
<guid isPermaLink="false">0f3b</guid><description><![CDATA[{content}]]></description>
<pubDate>{published}</pubDate>{short}
<enclosure url="https://example.org/day.mp3" length="1" type="audio/mpeg"/></item>"""


def feed(*items: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<rss version="2.0" xmlns:merriam="https://www.merriam-webster.com/word-of-the-day">'
        f"<channel><title>Word of the Day</title>{''.join(items)}</channel></rss>"
    )


def word_of(*items: str, day: date = DAY) -> Word:
    fetch = Recorded({FEED: feed(*items)})
    source = merriam_webster.make(source_options(Part.WORD, fetch))
    feature = source.fetch(Part.WORD, day).feature
    assert isinstance(feature, Word)
    return feature


def test_a_whole_entry_becomes_a_word() -> None:
    word = word_of(item(description()))
    assert (word.word, word.pronunciation, word.pos_raw, word.pos) == (
        "lull",
        "LUL",
        "noun",
        "noun",
    )
    assert word.definition == "A lull is a short time of quiet."
    assert word.extra_sense is None
    assert word.sentences == ("The gulls came back in the lull.",)


def test_the_credit_names_and_links_the_entry() -> None:
    source = word_of(item(description())).source
    assert source is not None
    assert (source.name, source.url) == ("Merriam-Webster", f"{SITE}/lull-2026-03-24")


def test_the_press_quotation_and_the_history_never_enter() -> None:
    word = word_of(item(description()))
    everything = " ".join((word.definition, word.extra_sense or "", *word.sentences))
    assert "newspaper" not in everything
    assert "older" not in everything


def test_a_raw_space_in_the_link_is_encoded() -> None:
    link = f"{SITE}/gordian knot-2026-03-24"
    word = word_of(item(description(word="Gordian knot"), word="Gordian knot", link=link))
    assert word.word == "Gordian knot"
    assert word.source is not None
    assert word.source.url == f"{SITE}/gordian%20knot-2026-03-24"


@pytest.mark.parametrize("bullet", ["&#149;", "&bull;", "•", "\x95"])
def test_every_form_of_the_bullet_is_known(bullet: str) -> None:
    read = read_entry(description(heading=f"{bullet} \\LUL\\ {bullet} <em>noun</em>"))
    assert (read.word, read.pronunciation, read.pos) == ("lull", "LUL", "noun")


@pytest.mark.parametrize(
    ("heading", "pronunciation", "pos"),
    [
        ("&#149; \\LUL\\ or \\LOOL\\&nbsp; &#149; <em>noun</em>", "LUL or LOOL", "noun"),
        ("&#149; \\LUL or LOOL\\ &#149; <em>noun</em>", "LUL or LOOL", "noun"),
        ("&#149; <em>noun phrase</em>", "", "noun phrase"),
        ("&#149; &nbsp; &#149; <em>plural noun</em>", "", "plural noun"),
        ("&#149; \\LUL\\ &#149; <em>phrase</em>", "LUL", "phrase"),
    ],
)
def test_headings_of_every_form_are_told_apart(heading: str, pronunciation: str, pos: str) -> None:
    read = read_entry(description(heading=heading))
    assert (read.word, read.pronunciation, read.pos) == ("lull", pronunciation, pos)


def test_without_a_pronunciation_the_word_has_none() -> None:
    assert word_of(item(description(heading="&#149; <em>idiom</em>"))).pronunciation is None


def test_several_examples_in_a_paragraph_are_parted() -> None:
    body = (
        "<p>A short time of quiet.</p><p>// The first one. // The second one.</p><p>// A third.</p>"
    )
    assert read_entry(description(body=body)).sentences == (
        "The first one.",
        "The second one.",
        "A third.",
    )


def test_an_example_behind_the_definition_in_one_paragraph_is_parted_from_it() -> None:
    read = read_entry(description(body="<p>A short time of quiet. // It came in a lull.</p>"))
    assert read.senses == ("A short time of quiet.",)
    assert read.sentences == ("It came in a lull.",)


def test_an_address_in_an_example_does_not_part_it() -> None:
    read = read_entry(description(body="<p>Quiet.</p><p>// See https://example.org/lull now.</p>"))
    assert read.sentences == ("See https://example.org/lull now.",)


@pytest.mark.parametrize(
    "body",
    [
        "<p>A <em>lull</em> is a short time of quiet. It can also mean a false calm.</p>",
        "<p>A <em>lull</em> is a short time of quiet.</p><p>It can also mean a false calm.</p>",
    ],
)
def test_a_second_sense_is_the_extra_sense(body: str) -> None:
    word = word_of(item(description(body=body)))
    assert word.definition == "A lull is a short time of quiet."
    assert word.extra_sense == "It can also mean a false calm."


def test_the_short_definition_is_optional() -> None:
    assert word_of(item(description(), short="")).definition == "A lull is a short time of quiet."


def test_the_short_definition_helps_out_where_there_is_no_other() -> None:
    assert word_of(item(description(body=""))).definition == "A temporary pause."


def test_without_any_definition_there_is_no_word() -> None:
    with pytest.raises(SourceError, match="the definition is empty"):
        word_of(item(description(body=""), short=""))


def test_todays_entry_goes_before_yesterdays_wherever_it_stands() -> None:
    old = item(description(word="old"), word="old", link=f"{SITE}/old-2026-03-23")
    new = item(description())
    assert word_of(new, old).word == "lull"
    assert word_of(old, new).word == "lull"


def test_yesterdays_entry_will_do_before_the_feed_has_changed() -> None:
    assert word_of(item(description()), day=date(2026, 3, 25)).word == "lull"


@pytest.mark.parametrize("day", [date(2026, 3, 23), date(2026, 3, 26), date(2027, 3, 24)])
def test_an_entry_of_another_day_is_refused_with_its_date(day: date) -> None:
    with pytest.raises(SourceError, match="its newest is of 2026-03-24"):
        word_of(item(description()), day=day)


def test_the_date_is_that_of_the_link_then_the_banner_then_the_publication() -> None:
    late = "Fri, 27 Mar 2026 01:00:01 -0400"
    plain = f"{SITE}/lull"
    assert word_of(item(description(), published=late)).word == "lull"
    assert word_of(item(description(), published=late, link=plain)).word == "lull"
    bare = description(banner="a day")
    assert word_of(item(bare, link=plain)).word == "lull"
    with pytest.raises(SourceError, match="its newest is of 2026-03-27"):
        word_of(item(bare, link=plain, published=late))
    with pytest.raises(SourceError, match="has no date"):
        word_of(item(bare, link=plain, published="some day"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><html><title>Just a moment...</title></html>", "a web page"),
        (b"  <html><body>403 Forbidden</body></html>", "a web page"),
        (b"Too many requests", "not a feed"),
        (b'<rss version="2.0"><channel></channel></rss>', "is empty"),
        (b"", "not a feed"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, reason: str) -> None:
    source = merriam_webster.make(source_options(Part.WORD, Always(body)))
    with pytest.raises(SourceError, match=reason):
        source.fetch(Part.WORD, DAY)


def test_a_body_is_never_taken_for_the_name_of_a_file(tmp_path: object) -> None:
    source = merriam_webster.make(source_options(Part.WORD, Always(__file__.encode())))
    with pytest.raises(SourceError, match="not a feed"):
        source.fetch(Part.WORD, DAY)


def test_the_feed_alone_is_asked() -> None:
    fetch = Recorded({FEED: feed(item(description()))})
    merriam_webster.make(source_options(Part.WORD, fetch)).fetch(Part.WORD, DAY)
    assert fetch.asked == [FEED]
