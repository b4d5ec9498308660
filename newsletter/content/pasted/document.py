"""Write a page down: as the JSON contract of `page parse`, or as text again."""

from __future__ import annotations

from typing import Any

from newsletter.content.pasted.model import Page
from newsletter.core.model import Credit, Fact, OtherFeature, Quote, Story, Word


def as_text(page: Page) -> str:
    """Return every kept line in page order, a blank line between.

    `parse_page` keeps the same lines of it, unless nothing was kept.
    """
    return "\n\n".join(page.blocks)


def as_document(page: Page) -> dict[str, Any]:
    """Return the JSON document; every key is always there, an absent part is null or empty."""
    features = page.features
    return {
        "date_label": page.date_label,
        "headline": page.headline,
        "intro": "\n\n".join(page.intro) or None,
        "contents": list(page.contents),
        "stories": [_story(story) for story in page.stories],
        "fact": _fact(features.fact) if features.fact else None,
        "quote": _quote(features.quote) if features.quote else None,
        "word": _word(features.word) if features.word else None,
        "sentences": list(features.sentences),
        "other_features": [_other(feature) for feature in features.others],
        "image_credit": page.image_credit,
        "headline_candidates": [page.lines[number - 1].text for number in page.doubtful],
        "missing": list(page.missing),
        "unknown": list(page.unknown),
        "left_out": [{"text": one.text, "reason": one.reason} for one in page.left_out],
    }


def _story(story: Story) -> dict[str, Any]:
    return {
        "headline": story.headline or None,
        "byline": story.byline,
        "markup": story.markup,
        "paragraphs": list(story.paragraphs),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {"text": fact.text, "source": _name(fact.source)}


def _quote(quote: Quote) -> dict[str, Any]:
    return {"text": quote.text, "author": quote.author, "source": _name(quote.source)}


def _word(word: Word) -> dict[str, Any]:
    return {
        "word": word.word,
        "pos": word.pos,
        "pos_raw": word.pos_raw,
        "pronunciation": word.pronunciation,
        "definition": word.definition,
        "extra_sense": word.extra_sense,
        "source": _name(word.source),
    }


def _other(feature: OtherFeature) -> dict[str, Any]:
    return {"label": feature.label, "text": feature.text, "source": _name(feature.source)}


def _name(source: Credit | None) -> str | None:
    return source.name if source else None
