from __future__ import annotations

from tests.support.page import FACT, HEADLINE, PARAGRAPHS, read


def test_the_layout_of_2023_is_read() -> None:
    page = read(
        "Tuesday, September 5",
        "Our brief comes free of charge; tell a friend about it.",
        "Now, let's dive into today's news.",
        "Contents:",
        "Tidal power",
        "Bakers",
        PARAGRAPHS[0],
        "On another note, the bakers of the harbour town met for the first time.",
        "Quote of the Day: “Patience is a quiet kind of courage.” - Ada Reed",
        "Word of the Day: Gauntlet (noun)- A strong glove.",
    )
    assert page.date_label == "Tuesday, September 5"
    assert page.intro == ("Our brief comes free of charge; tell a friend about it.",)
    assert page.contents == ("Tidal power", "Bakers")
    assert page.headline == "Tidal power"
    assert [(story.headline, len(story.paragraphs)) for story in page.stories] == [
        ("Tidal power", 2)
    ]
    assert page.features.quote is not None
    assert (page.features.quote.author, page.features.quote.source) == ("Ada Reed", None)
    assert page.features.word is not None
    assert (page.features.word.word, page.features.word.pos, page.features.word.pronunciation) == (
        "Gauntlet",
        "noun",
        None,
    )
    assert page.missing == ("fact", "sentence", "image_credit")
    assert page.unknown == ()


def test_the_layout_of_2024_is_read() -> None:
    page = read(
        "Thursday, May 2, 2024",
        "Contents:",
        HEADLINE,
        "Bakers Meet",
        "Upcoming Events",
        "Fact of the Day",
        "Quote of the Day",
        "Word of the Day",
        HEADLINE,
        *PARAGRAPHS,
        "Bakers Meet",
        "The bakers of the harbour town met for the first time.",
        "Fact of the Day (Reader’s Digest): Whales sing. Their songs travel far.",
        "Word of the Day: Wane (verb) - To grow smaller -- as the moon does.",
    )
    assert page.contents == (HEADLINE, "Bakers Meet")
    assert [(story.headline, len(story.paragraphs)) for story in page.stories] == [
        (HEADLINE, 2),
        ("Bakers Meet", 1),
    ]
    assert page.features.fact is not None
    assert page.features.fact.text == "Whales sing. Their songs travel far."
    assert page.features.word is not None
    assert page.features.word.definition == "To grow smaller -- as the moon does."
    assert page.unknown == ()


def test_the_layout_of_june_2025_is_read() -> None:
    page = read("Monday, June 2", HEADLINE, *PARAGRAPHS, FACT)
    assert (page.date_label, page.headline) == ("Monday, June 2", HEADLINE)
    assert [story.paragraphs for story in page.stories] == [PARAGRAPHS]


def test_the_layout_since_autumn_2025_is_read() -> None:
    page = read(HEADLINE, *PARAGRAPHS, "Word of the Day (Plain): Wane (verb, WAYN)– To shrink.")
    assert page.date_label is None
    assert page.features.word is not None
    assert (page.features.word.word, page.features.word.pronunciation) == ("Wane", "WAYN")
    assert read(HEADLINE, "Word of the Day: Wane– To shrink.").features.word is not None


def test_a_headline_may_stand_before_the_divider() -> None:
    page = read(HEADLINE, "Good morning.", "Now let’s dive into today’s news!", *PARAGRAPHS)
    assert (page.headline, page.intro) == (HEADLINE, ("Good morning.",))
    assert [story.paragraphs for story in page.stories] == [PARAGRAPHS]


def test_a_second_divider_stays_visible() -> None:
    divider = "Now, let's dive into today's news."
    assert read(HEADLINE, divider, *PARAGRAPHS, divider).unknown == (divider,)
