"""Examples of the checks of what a story's words look like: marks left over, bylines, repeats."""

from __future__ import annotations

from tests.support.checked import with_html, with_quote, with_story
from tests.support.edition import LEDE, PARAGRAPHS, make_story

HEADLINE = make_story().headline

BROKEN = {
    "author-dash": lambda: with_quote(author="— Orla Finch"),
    "byline-address": lambda: with_story(*PARAGRAPHS, byline="ida@brief.example.org (Ida Marsh)"),
    "headline-repeated": lambda: with_story(f"{HEADLINE.upper()}.", *PARAGRAPHS),
    "markup-left": lambda: with_html("The old swing bridge", "The old&lt;br&gt;swing bridge"),
    "paragraph-repeated": lambda: with_story(*PARAGRAPHS, LEDE),
    "quotes-doubled": lambda: with_html("only shy.”", "only shy.””"),
    "story-short": lambda: with_story(LEDE),
}
NEARLY = {
    "author-dash": lambda: with_quote(author="Orla Finch–Marsh"),
    "byline-address": lambda: with_story(*PARAGRAPHS, byline="Ida Marsh, at the harbour"),
    "headline-repeated": lambda: with_story(f"{HEADLINE}, it was said.", *PARAGRAPHS),
    "markup-left": lambda: with_html("The old swing bridge", "The old < swing & bridge"),
    "paragraph-repeated": lambda: with_story(*PARAGRAPHS, "And so on.", "And so on."),
    "quotes-doubled": lambda: with_html("only shy.”", "only ‘shy.’”"),
    "story-short": lambda: with_story("word " * 40),
}
