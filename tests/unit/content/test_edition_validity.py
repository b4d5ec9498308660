"""What counts as a valid part, whoever supplied it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.validity import FACT_LENGTH, QUOTE_LENGTH, problem_with
from newsletter.core.model import Credit, Fact, Image, Part, Quote, Story, Supply, Word
from tests.support.edition import make_edition, make_story

WHOLE = make_edition()


def fact_problem(text: str, source: Credit | None = None) -> str | None:
    return problem_with(Part.FACT, Supply(feature=Fact(text=text, source=source)))


def quote_problem(text: str, author: str | None = "Orla Finch") -> str | None:
    return problem_with(Part.QUOTE, Supply(feature=Quote(text=text, author=author)))


def story_problem(*stories: Story) -> str | None:
    return problem_with(Part.STORY, Supply(stories=stories))


def test_every_part_of_a_whole_edition_is_valid() -> None:
    assert story_problem(*WHOLE.stories) is None
    for part in (Part.FACT, Part.QUOTE, Part.WORD):
        assert problem_with(part, Supply(feature=getattr(WHOLE, part))) is None


@pytest.mark.parametrize("part", list(Part))
def test_an_empty_supply_is_never_valid(part: Part) -> None:
    assert problem_with(part, Supply()) == f"it supplied no {part}"


@pytest.mark.parametrize(
    ("part", "other"), [(Part.FACT, "quote"), (Part.QUOTE, "word"), (Part.WORD, "fact")]
)
def test_a_feature_of_another_kind_is_not_taken(part: Part, other: str) -> None:
    assert problem_with(part, Supply(feature=getattr(WHOLE, other))) == f"it supplied no {part}"


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=900))
def test_a_fact_is_valid_exactly_within_its_length(length: int) -> None:
    low, high = FACT_LENGTH
    assert (fact_problem("x" * length) is None) == (low <= length <= high)


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=600))
def test_a_quote_is_valid_exactly_within_its_length(length: int) -> None:
    low, high = QUOTE_LENGTH
    assert (quote_problem("x" * length) is None) == (low <= length <= high)


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("headline", 1, 200),
        ("fact", 10, 600),
        ("quote", 15, 400),
        ("word", 1, 60),
        ("definition", 5, 600),
    ],
)
def test_each_text_has_its_limits(field: str, least: int, most: int) -> None:
    def problem(length: int) -> str | None:
        text = "x" * length
        if field == "headline":
            return story_problem(make_story(headline=text))
        if field in {"fact", "quote"}:
            return (fact_problem if field == "fact" else quote_problem)(text)
        assert isinstance(WHOLE.word, Word)
        return problem_with(Part.WORD, Supply(feature=replace(WHOLE.word, **{field: text})))

    assert problem(least) is problem(most) is None
    assert problem(least - 1)
    assert str(most + 1) in (problem(most + 1) or "")


def test_a_text_of_more_than_160_characters_may_be_about_errors() -> None:
    about = "Rate limit exceeded".ljust(160, ".")
    assert "error message" in (fact_problem(about) or "")
    assert fact_problem(about + ".") is None


@pytest.mark.parametrize(
    "text",
    [
        "Too many requests. Obtain an auth key for unlimited access.",
        "Invalid API key. Please see the documentation.",
        "Rate limit exceeded, try again in 30 seconds.",
        "503 Service Temporarily Unavailable",
        "Please enable JavaScript to continue.",
    ],
)
def test_an_error_text_is_no_fact_and_no_quote(text: str) -> None:
    assert "error message" in (fact_problem(text) or "")
    assert "error message" in (quote_problem(text) or "")


@pytest.mark.parametrize(
    "text",
    [
        "The Forbidden City in Beijing has more than nine thousand rooms.",
        "A library in Alexandria denied access to nobody who could read.",
        "The key of a piece of music may change halfway through it.",
    ],
)
def test_an_innocent_fact_is_not_taken_for_an_error_text(text: str) -> None:
    assert fact_problem(text) is None


@pytest.mark.parametrize("author", ["zenquotes.io", "ZenQuotes", "They Said So", "type.fit"])
def test_a_service_is_no_author(author: str) -> None:
    assert quote_problem("A letter that is never posted is shy.", author) == (
        f"the author is a service: {author}"
    )


@pytest.mark.parametrize("author", ["(Unknown)", "Proverb", "J. S. Mill", None])
def test_an_author_as_printed_is_kept(author: str | None) -> None:
    assert quote_problem("A letter that is never posted is shy.", author) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"headline": ""}, "a story has no headline"),
        ({"paragraphs": ()}, "has no paragraph"),
        ({"paragraphs": ("***", "—")}, "has no paragraph"),
        ({"headline": "x" * 201}, "the headline has 201 characters"),
        ({"kicker": "x" * 41}, "the kicker has 41 characters; 40 is the limit"),
        ({"headline": "Access denied"}, "error message"),
        ({"headline": "404: Page not found"}, "error message"),
        ({"link": "javascript:alert(1)"}, "the link is not"),
        ({"link": "/stories/bridge"}, "the link is not"),
    ],
)
def test_a_story_that_cannot_be_printed_is_refused(change: dict[str, object], problem: str) -> None:
    assert problem in (story_problem(make_story(**change)) or "")


@pytest.mark.parametrize("headline", ["500 Years of Printing", "Access Denied: A History of Locks"])
def test_a_headline_that_only_reminds_of_an_error_is_valid(headline: str) -> None:
    assert story_problem(make_story(headline=headline)) is None


@pytest.mark.parametrize(
    "image",
    [
        Image(url="https://brief.example.org/a.jpg", alt="", credit="Somebody"),
        Image(url="https://brief.example.org/a.jpg", alt="A bridge", credit=""),
        Image(url="http://brief.example.org/a.jpg", alt="A bridge", credit="Somebody"),
        Image(url="pictures/a.jpg", alt="A bridge", credit="Somebody"),
    ],
)
def test_an_image_needs_an_https_address_a_text_and_a_credit(image: Image) -> None:
    assert "image" in (story_problem(make_story(image=image)) or "")


def test_a_further_story_is_held_to_the_same_rules() -> None:
    assert story_problem(make_story(), make_story(headline="")) == "a story has no headline"


@pytest.mark.parametrize(
    "change",
    [{"word": ""}, {"word": "–"}, {"definition": ""}, {"definition": "odd"}, {"word": "x" * 61}],
)
def test_a_word_needs_itself_and_a_definition(change: dict[str, str]) -> None:
    word = WHOLE.word
    assert isinstance(word, Word)
    assert problem_with(Part.WORD, Supply(feature=replace(word, **change))) is not None


def test_a_source_with_an_unusable_link_is_refused() -> None:
    problem = fact_problem("A snail can sleep for months.", Credit("Almanac", "ftp://x.example"))
    assert problem == "the link is not an absolute http or https address: ftp://x.example"
