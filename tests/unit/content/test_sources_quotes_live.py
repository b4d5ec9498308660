"""Quotes over the network: Wikiquote, ZenQuotes, and what holds for both."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from newsletter.content.sources import wikiquote, zenquotes
from newsletter.content.sources._quotation import quotation
from newsletter.core.errors import SourceError
from newsletter.core.model import Credit, Part, Quote
from tests.support.recorded import DAY, Always, Recorded, source_options

WORDS = "A letter that is never posted is only shy."
OVER_QUOTA = {
    "q": "Too many requests. Obtain an auth key for unlimited access.",
    "a": "zenquotes.io",
    "h": "Too many requests. Obtain an auth key for unlimited access. <i>zenquotes.io</i>",
}


def read(text: str, author: str = "Orla Finch", *, service: str = "ZenQuotes") -> Quote:
    credit = Credit(service, "https://example.org/")
    feature = quotation(text, author, service=service, credit=credit, origin="here").feature
    assert isinstance(feature, Quote)
    return feature


def of(source: Any, *, day: date = DAY) -> Quote:
    feature = source.fetch(Part.QUOTE, day).feature
    assert isinstance(feature, Quote)
    return feature


def zen(answer: Any) -> Quote:
    return of(zenquotes.make(source_options(Part.QUOTE, Always(json.dumps(answer).encode()))))


def wiki(answer: Any, *, day: date = DAY) -> Quote:
    fetch = Always(json.dumps(answer).encode())
    return of(wikiquote.make(source_options(Part.QUOTE, fetch)), day=day)


def page(markup: str) -> dict[str, Any]:
    return {"parse": {"title": "Wikiquote:Quote of the day/March 24, 2026", "text": markup}}


@pytest.mark.parametrize("marks", ["“{}”", '"{}"', "«{}»", " {} "])
def test_one_pair_of_quotation_marks_around_a_quote_is_taken_off(marks: str) -> None:
    assert read(marks.format(WORDS)).text == WORDS


def test_marks_that_belong_to_the_words_stay() -> None:
    said = "“Never,” said the letter, “was I posted.”"
    assert read(said).text == said


@pytest.mark.parametrize("author", ["Unknown", "Proverb", "attributed to Orla Finch"])
def test_the_author_stays_as_printed(author: str) -> None:
    assert read(WORDS, author).author == author


@pytest.mark.parametrize("author", ["— Orla Finch", "~ Orla Finch ~", "- Orla Finch"])
def test_marks_around_the_author_go(author: str) -> None:
    assert read(WORDS, author).author == "Orla Finch"


@pytest.mark.parametrize("author", ["ZenQuotes", "zenquotes.io", "Zen Quotes API", "zen-quotes"])
def test_the_service_is_never_the_author(author: str) -> None:
    with pytest.raises(SourceError, match="a message of its own"):
        read(WORDS, author)


@pytest.mark.parametrize("author", ["", "  ", "—"])
def test_a_quote_without_an_author_is_refused(author: str) -> None:
    with pytest.raises(SourceError, match="without an author"):
        read(WORDS, author)


@pytest.mark.parametrize(
    ("length", "allowed"), [(14, False), (15, True), (400, True), (401, False)]
)
def test_a_quote_has_15_to_400_characters(length: int, allowed: bool) -> None:
    if allowed:
        assert read("x" * length).text
        return
    with pytest.raises(SourceError, match="15 to 400"):
        read("x" * length)


@pytest.mark.parametrize(
    "text", ["Upgrade your plan to see more quotes.", "Your API key is missing.", "503 error: wait"]
)
def test_an_error_message_under_a_persons_name_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="error message"):
        read(text)


def test_zenquotes_gives_its_quote_with_the_line_it_asks_for() -> None:
    quote = zen([{"q": WORDS, "a": "Orla Finch", "h": f"<blockquote>{WORDS}</blockquote>"}])
    assert (quote.text, quote.author) == (WORDS, "Orla Finch")
    assert quote.source is not None
    assert quote.source.name == "Inspirational quotes provided by ZenQuotes API"
    assert quote.source.url == "https://zenquotes.io/"


def test_the_over_quota_message_in_the_form_of_a_quote_is_refused() -> None:
    with pytest.raises(SourceError, match="ZenQuotes gave a message of its own as a quote"):
        zen([OVER_QUOTA])


def test_the_over_quota_message_under_another_name_is_refused() -> None:
    with pytest.raises(SourceError, match="error message"):
        zen([OVER_QUOTA | {"a": "Unknown"}])


@pytest.mark.parametrize("answer", [[], {}, None, ["quote"], {"q": WORDS, "a": "Orla Finch"}])
def test_an_answer_that_is_no_list_of_quotes_is_refused(answer: Any) -> None:
    with pytest.raises(SourceError, match="ZenQuotes gave no quote"):
        zen(answer)


def test_null_in_the_place_of_a_text_is_refused() -> None:
    with pytest.raises(SourceError):
        zen([{"q": None, "a": "Orla Finch"}])


@pytest.mark.parametrize(
    "markup",
    [
        f"<table><tr><td>{WORDS}</td></tr><tr><td>~ <a>Orla Finch</a> ~</td></tr></table>",
        f"<table><tr><td><p>{WORDS} <br/></p></td></tr></table><p>~ <a>Orla Finch</a></p>",
        f"<div><center>“{WORDS}” ~ <i>Orla Finch</i> ~</center></div>",
        f"<h2>March 24</h2><img src='x'><td>{WORDS}</td><td>~&nbsp;Orla Finch&nbsp;~</td>",
        f"<style>td {{ color: red }}</style><!-- note ~ x ~ --><p>{WORDS}</p><p>~ Orla Finch ~</p>",
    ],
)
def test_the_author_stands_between_tildes_whatever_the_layout(markup: str) -> None:
    quote = wiki(page(markup))
    assert (quote.text, quote.author) == (WORDS, "Orla Finch")


def test_wikiquote_is_asked_for_the_page_of_the_date_and_credited_with_it() -> None:
    url = (
        "https://en.wikiquote.org/w/api.php?action=parse&page=Wikiquote%3AQuote_of_the_day%2F"
        "December_1%2C_2026&prop=text&format=json&formatversion=2"
    )
    fetch = Recorded({url: json.dumps(page(f"<p>{WORDS}</p><p>~ Orla Finch ~</p>"))})
    quote = of(wikiquote.make(source_options(Part.QUOTE, fetch)), day=date(2026, 12, 1))
    assert quote.source is not None
    assert quote.source.name == "Wikiquote, CC BY-SA 4.0"
    assert quote.source.url == (
        "https://en.wikiquote.org/wiki/Wikiquote:Quote_of_the_day/December_1,_2026"
    )


def test_the_older_form_of_the_answer_is_read_as_well() -> None:
    markup = f"<p>{WORDS}</p><p>~ Orla Finch ~</p>"
    assert wiki({"parse": {"text": {"*": markup}}}).text == WORDS


def test_a_page_that_does_not_exist_is_named() -> None:
    answer = {"error": {"code": "missingtitle", "info": "The page you specified doesn't exist."}}
    with pytest.raises(SourceError, match="Wikiquote refused: The page you specified"):
        wiki(answer)


@pytest.mark.parametrize("answer", [page(f"<p>{WORDS}</p>"), page(""), {}, [], {"parse": None}])
def test_a_page_of_another_form_is_named(answer: Any) -> None:
    with pytest.raises(SourceError, match="another form"):
        wiki(answer)
