"""Texts that break what is careless with them."""

from __future__ import annotations

from dataclasses import replace

from newsletter.core.model import Credit, Edition, Fact, Quote, Word
from tests.support.edition import SITE, make_edition, make_other, make_story

HOSTILE = (
    "Salt & Pepper <b>bold</b> <script>alert(1)</script>",
    "</style><script>alert(2)</script>",
    "He said \"hi\" and she said 'ho'",
    "{{ edition }} {% include 'x' %} {# no #}",
    "100%s of %(them)s %",
    "nul\x00 bell\x07 escape\x1b[0m delete\x7f",
    "e\u0301 a\u0308 n\u0303 combining",
    "👩\u200d🚀 👨\u200d👩\u200d👧 👍🏽 ❤️",
    "שלום and مرحبا \u202babc\u202c",
    "港の橋が今朝また動いた",
    "line\u2028and\u2029paragraph",
    "\ufeffbyte order mark",
    "no\u00a0break and thin\u2009space",
    "back\\slash \\n \\u{301} \\",
    "]]> <![CDATA[x]]>",
    "<!-- comment --> <!--[if mso]>x<![endif]-->",
    "&amp; &lt; &nbsp; &#x27; &unknown; &",
    "-merge0_name_h- -merge0_unsubscribe_url_t-",
    "</mj-text></mj-column><mj-raw>out</mj-raw>",
    "W" * 400,
    "a <= b, b >= c, 5 < 6 > 4",
    "\ud800lone surrogate\udfff \uffff",
    "tab\there and\r\nthere",
    "zero\u200bwidth \u00adsoft",
    "\x80\x85\x9f C1 controls",
)


def hostile_story(text: str) -> Edition:
    """Put a text into every place of the story: headline, byline, paragraph, alt, credit."""
    story = make_story(headline=text, paragraphs=(text, f"before {text} after"), byline=text)
    assert story.image
    story = replace(story, image=replace(story.image, alt=text, credit=text))
    return make_edition(stories=(story,), preheader="quiet")


def hostile_features(text: str) -> Edition:
    """Put a text into every place of the features, the words of links among them."""
    source = Credit(text, f"{SITE}/source")
    return make_edition(
        intro=(text,),
        fact=Fact(text=text, source=source),
        quote=Quote(text=text, author=text, source=source),
        word=Word(word=text, definition=text, pos=text, sentences=(text,), source=source),
        others=(make_other(label=text, text=text),),
    )


def everything_hostile() -> Edition:
    """Return one edition with every text in every kind of place."""
    stories = tuple(hostile_story(text).stories[0] for text in HOSTILE)
    others = tuple(
        make_other(label=text, text=text, source=Credit(text, f"{SITE}/source")) for text in HOSTILE
    )
    return replace(hostile_features(HOSTILE[19]), stories=stories, others=others, preheader="quiet")
