"""Editions and settings for tests, in words that never age."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from newsletter.core.config.settings import Settings
from newsletter.core.model import (
    Background,
    CorrectionNote,
    Credit,
    Edition,
    Fact,
    Image,
    OtherFeature,
    Quote,
    Story,
    Word,
)

TEMPLATES = Path(__file__).parents[2] / "templates"
SITE = "https://brief.example.org"
UNSUBSCRIBE = f"{SITE}/u/{'k' * 22}"
ADDRESS = "a.reader.with.a.rather.long.name@correspondence.brief.example.org"

LEDE = (
    "The old swing bridge at the mouth of the harbour turned again this morning, two years "
    "after engineers closed it to find out why it hummed in a west wind."
)
PARAGRAPHS = (
    LEDE,
    (
        "Crews replaced forty steel pins, cleaned the bearing on which the bridge turns, and hung "
        "small dampers below the walkway. The hum, it turned out, came from the handrail: at a "
        "certain wind speed its hollow posts sounded like the pipes of an organ."
    ),
    (
        "Ferries that had gone the long way round the breakwater may pass through once more. The "
        "harbour office expects the first barge before noon, and asks sailors of small boats to "
        "keep to the green buoys until the new lamps have been tested at night."
    ),
    (
        "For the people who live beside the water, the quiet took some getting used to. A group of "
        "schoolchildren had recorded the sound for a class on music and physics, and the museum "
        "now plays it on request in the room where the old gears are shown."
    ),
    (
        "The repair cost a little less than planned. What is left over will pay for benches on the "
        "east bank, where the view of the turning bridge is best in the early light."
    ),
)


def make_story(**overrides: Any) -> Story:
    """Build the lead story: picture, link, five paragraphs."""
    story = Story(
        headline="The Swing Bridge Turns Again, and the Harbour Falls Silent",
        paragraphs=PARAGRAPHS,
        byline="Ida Marsh",
        image=Image(
            url=f"{SITE}/pictures/swing-bridge.jpg",
            alt="A steel bridge, half turned, above calm water",
            credit="Harbour Archive",
            width=1280,
            height=720,
        ),
        link=f"{SITE}/stories/swing-bridge",
    )
    return replace(story, **overrides)


def make_second_story(**overrides: Any) -> Story:
    """Build a short second story in Markdown."""
    story = Story(
        headline="A Library Lends Out Seeds Beside Its Books",
        paragraphs=(
            "Borrowers take a packet in spring and bring *new seeds* back in autumn.",
            "The shelf holds, among others:\n\n- runner beans\n- marigolds\n- a very old pea",
            f"The [rules of the shelf]({SITE}/seeds) fit on a postcard.",
            "A tin beside the shelf takes what is left over when the winter comes.",
        ),
        markup="markdown",
        link=f"{SITE}/stories/seeds",
    )
    return replace(story, **overrides)


def make_edition(**overrides: Any) -> Edition:
    """Build a whole edition: one story, fact, quote and word, each with its source."""
    edition = Edition(
        date=date(2027, 3, 9),
        stories=(make_story(),),
        fact=Fact(
            text="A snail can sleep for months when the weather is too dry for it.",
            source=Credit("The Garden Almanac", f"{SITE}/almanac"),
        ),
        quote=Quote(
            text="A letter that is never posted isn’t finished; it is only shy.",
            author="Orla Finch",
            source=Credit("Letters to No One"),
        ),
        word=Word(
            word="Lull",
            pos="noun",
            pos_raw="n",
            pronunciation="luhl",
            definition="A short time of quiet between two times of noise.",
            extra_sense="As a verb it means to soothe someone to sleep.",
            sentences=("In the lull between two ferries, one could hear the gulls again.",),
            source=Credit("The Pocket Dictionary", f"{SITE}/dictionary"),
        ),
    )
    return _changed(edition, overrides)


def _changed(edition: Edition, overrides: dict[str, Any]) -> Edition:
    """Change an edition; what its background holds may be named directly."""
    known = {one.name for one in fields(Background)} & set(overrides)
    background = replace(edition.background, **{name: overrides.pop(name) for name in known})
    return replace(edition, background=background, **overrides)


def make_other(**overrides: Any) -> OtherFeature:
    """Build a feature under a label of its own."""
    feature = OtherFeature(
        label="Number of the Day",
        text="Forty: the steel pins that were replaced.",
        source=Credit("Harbour Office", f"{SITE}/office"),
    )
    return replace(feature, **overrides)


def make_note(**overrides: Any) -> CorrectionNote:
    """Build a note of correction, a day after the edition."""
    note = CorrectionNote(date=date(2027, 3, 10), text="The bridge has forty pins, not fourteen.")
    return replace(note, **overrides)


def make_full_edition(**overrides: Any) -> Edition:
    """Build an edition in which every part a template knows is there."""
    whole = make_edition(
        stories=(make_story(), make_second_story(), make_story(headline="Third", image=None)),
        others=(make_other(),),
        intro=("Good morning. It is a quiet day by the water.",),
    )
    return _changed(whole, overrides)


def make_settings(root: Path, **overrides: Any) -> Settings:
    """Build settings of a publication; `overrides` are keys of `[publication]` or sections."""
    publication: dict[str, Any] = {
        "name": "The Harbour Brief",
        "tagline": "One story a day, from the water’s edge",
        "zone": "Europe/London",
        "language": "en",
        "url": SITE,
        "sender": {"name": "The Harbour Brief", "email": "brief@brief.example.org"},
        "postal_address": "The Harbour Brief, 4 Quay Street, Saltmouth",
        "contact": "desk@brief.example.org",
    }
    sections = {key: value for key, value in overrides.items() if key in Settings.model_fields}
    publication |= {key: value for key, value in overrides.items() if key not in sections}
    sections.setdefault("sendgrid", {"base_url": "http://127.0.0.1:9"})  # nobody is reached
    return Settings(**({"publication": publication, "root": root} | sections))
