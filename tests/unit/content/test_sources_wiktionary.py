"""Wiktionary's word of the day: which entry, what of its markup, and what is refused."""

from __future__ import annotations

from datetime import date
from html import escape

import pytest

from newsletter.content.sources import wiktionary
from newsletter.core.errors import SourceError
from newsletter.core.model import Part, Word
from tests.support.recorded import DAY, Recorded, source_options

FEED = "https://en.wiktionary.org/w/api.php?action=featuredfeed&feed=wotd&feedformat=atom"
LAYOUT = """<div class="mw-parser-output"><table><tr><td>Word of the day
<div class="noprint"><a href="/edit">edit</a>, <a href="/r">refresh</a>, <a href="/v">view</a></div>
<b><a href="/wiki/{word}#English" title="{word}"><span id="WOTD-rss-title">{word}</span></a></b>
<i>{pos}</i>
<div id="WOTD-rss-description">{senses}</div></td></tr></table></div>"""
SENSES = "<ol><li>A time of rest between two busy ones.</li></ol>"


def entry(
    *, word: str = "lull", pos: str = "n", senses: str = SENSES, day: str = "2026-03-24"
) -> str:
    markup = LAYOUT.format(word=word, pos=pos, senses=senses)
    return f"""<entry><id>https://en.wiktionary.org/wiki/Special:FeedItem/{day}</id>
<title>Word of the day for {day}</title><updated>{day}T00:00:00Z</updated>
<summary type="html">{escape(markup)}</summary></entry>"""


def word_of(*entries: str, day: date = DAY) -> Word:
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title>{"".join(entries)}</feed>'
    source = wiktionary.make(source_options(Part.WORD, Recorded({FEED: feed})))
    feature = source.fetch(Part.WORD, day).feature
    assert isinstance(feature, Word)
    return feature


def test_word_part_of_speech_and_sense_are_found_by_their_marks() -> None:
    word = word_of(entry())
    assert (word.word, word.pos, word.pos_raw) == ("lull", "noun", "n")
    assert word.definition == "A time of rest between two busy ones."
    assert word.pronunciation is None


def test_the_credit_names_the_licence_and_links_the_word() -> None:
    source = word_of(entry()).source
    assert source is not None
    assert source.name == "Wiktionary, CC BY-SA 4.0"
    assert source.url == "https://en.wiktionary.org/wiki/lull#English"


@pytest.mark.parametrize(
    ("printed", "name"),
    [("v", "verb"), ("adj", "adjective"), ("adv", "adverb"), ("proper n", "proper noun")],
)
def test_parts_of_speech_are_written_out(printed: str, name: str) -> None:
    assert word_of(entry(pos=printed)).pos == name


def test_the_last_entry_is_todays() -> None:
    older = [entry(word=f"old{day}", day=f"2026-03-{day}") for day in range(15, 24)]
    assert word_of(*older, entry()).word == "lull"


def test_yesterdays_entry_will_do_and_an_older_one_will_not() -> None:
    assert word_of(entry(), day=date(2026, 3, 25)).word == "lull"
    with pytest.raises(SourceError, match="no word for 2026-03-26"):
        word_of(entry(), day=date(2026, 3, 26))


def test_an_entry_of_tomorrow_is_not_for_today() -> None:
    both = (entry(), entry(word="later", day="2026-03-25"))
    assert word_of(*both).word == "lull"
    assert word_of(*both, day=date(2026, 3, 25)).word == "later"


def test_nested_lists_are_examples_and_stay_out() -> None:
    senses = (
        "<ol><li>A time of rest.<ul><li>An example of a lull.</li></ul><dl><dd>More.</dd></dl></li>"
        "<li>A part of a sense that <i>soothes</i></li><li>A third.</li></ol>"
    )
    word = word_of(entry(senses=senses))
    assert word.definition == "A time of rest."
    assert word.extra_sense == "A part of a sense that soothes."


def test_labels_for_grammarians_go_and_those_for_readers_stay() -> None:
    senses = "<ol><li>(transitive, intransitive) To calm.</li><li>(archaic) To cease.</li></ol>"
    word = word_of(entry(senses=senses))
    assert (word.definition, word.extra_sense) == ("To calm.", "(archaic) To cease.")


def test_a_description_without_a_list_is_read_without_the_pages_own_links() -> None:
    senses = "<div>edit, refresh, view</div><p>A time of rest between two busy ones.</p>"
    assert word_of(entry(senses=senses)).definition == "A time of rest between two busy ones."


@pytest.mark.parametrize(
    "sense",
    [
        "(vulgar, slang) A foolish person.",
        "(Britain, offensive) A person from elsewhere.",
        "A place that is kept as a brothel.",
        "Of or relating to sexual desire.",
    ],
)
def test_a_word_that_is_not_for_everybody_is_refused(sense: str) -> None:
    with pytest.raises(SourceError, match="not for everybody"):
        word_of(entry(senses=f"<ol><li>{sense}</li></ol>"))


def test_another_layout_is_named_as_such() -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><updated>2026-03-24T00:00:00Z</updated>'
        "<summary>Word of the day: lull</summary></entry></feed>"
    )
    source = wiktionary.make(source_options(Part.WORD, Recorded({FEED: feed})))
    with pytest.raises(SourceError, match="another form"):
        source.fetch(Part.WORD, DAY)


def test_an_empty_list_is_no_definition() -> None:
    with pytest.raises(SourceError, match="the definition is empty"):
        word_of(entry(senses="<ol></ol>"))
