"""What a digest is made of: the leads of the week, and the best of its features."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.config.settings import Template
from newsletter.core.model import Edition, Fact, Quote, Word
from newsletter.editions.weekly import best, digest
from newsletter.message.render.templates import DIGEST
from tests.support.checked import check_edition
from tests.support.edition import make_note, make_story

SATURDAY = date(2026, 3, 7)


def edition(days_before: int, **parts: object) -> Edition:
    day = SATURDAY - timedelta(days=days_before)
    usual = {
        "stories": (make_story(headline=f"Of {day}"),),
        "fact": Fact(text=f"A fact of {day}"),
        "quote": Quote(text=f"A quote of {day}"),
        "word": Word(word=f"word{day.day}", definition="A meaning."),
    }
    return Edition(date=day, **(usual | parts))  # type: ignore[arg-type]


def made(editions: list[Edition], votes: dict[date, float] | None = None) -> Edition:
    return digest(
        SATURDAY, editions, votes=votes or {}, link=lambda one: f"https://x.example/{one.date}"
    )


def test_each_edition_gives_its_lead_the_newest_first_with_a_link_to_its_page() -> None:
    found = made([edition(3), edition(2), edition(1)])
    assert [story.headline for story in found.stories] == [
        "Of 2026-03-06",
        "Of 2026-03-05",
        "Of 2026-03-04",
    ]
    assert found.stories[0].link == "https://x.example/2026-03-06"
    assert found.stories[0].image is None


def test_what_was_put_right_in_the_week_is_told_with_it() -> None:
    notes = [make_note(date=SATURDAY - timedelta(days=days), text=f"{days}") for days in (3, 2)]
    editions = [
        edition(3, corrections=(notes[0],)),
        edition(2, corrections=(notes[1],)),
        edition(1),
    ]
    told = made(editions)
    assert [note.text for note in told.corrections] == ["3", "2"]
    checked = check_edition(told, template=Template(name=DIGEST))
    assert "Correction, March 4, 2026: 3" in checked.text
    assert checked.html.count("Correction, ") == 2


def test_without_votes_fact_quote_and_word_are_of_three_days() -> None:
    found = made([edition(3), edition(2), edition(1)])
    assert found.fact
    assert found.fact.text.endswith("03-06")
    assert found.quote
    assert found.quote.text.endswith("03-05")
    assert found.word
    assert found.word.word == "word4"


def test_with_votes_each_is_of_the_edition_readers_liked_best_that_has_one() -> None:
    liked = {SATURDAY - timedelta(days=3): 4.8, SATURDAY - timedelta(days=2): 4.9}
    found = made([edition(3), edition(2, fact=None), edition(1)], liked)
    assert found.fact
    assert found.fact.text.endswith("03-04")
    assert found.quote
    assert found.quote.text.endswith("03-05")


def test_of_two_that_are_liked_alike_the_newer_one_counts() -> None:
    liked = {SATURDAY - timedelta(days=3): 4.5, SATURDAY - timedelta(days=1): 4.5}
    found = made([edition(3), edition(1)], liked)
    assert found.word
    assert found.word.word == "word6"


@given(
    having=st.lists(st.booleans(), min_size=1, max_size=7),
    votes=st.dictionaries(st.integers(1, 7), st.floats(1, 5), max_size=7),
    place=st.integers(0, 2),
)
def test_a_feature_is_chosen_whenever_the_week_has_one(having, votes, place) -> None:
    editions = [
        edition(days, fact=Fact(text=str(days)) if has else None)
        for days, has in reversed(list(enumerate(having, start=1)))
    ]
    told = {SATURDAY - timedelta(days=days): vote for days, vote in votes.items()}
    found = best(editions, lambda one: one.fact, votes=told, place=place)
    assert (found is not None) == any(having)
