"""Write an edition as `edition.toml`, for an editor who is no programmer. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from newsletter.content import blocks
from newsletter.core.model import (
    Acceptance,
    CorrectionNote,
    Credit,
    Edition,
    Image,
    OtherFeature,
    Part,
    Quote,
    Story,
    Word,
)

_HEAD = '''\
# The edition of {date}.
# Change what you like and save: assembling again leaves your words alone.
# Longer texts stand between """ and """; a blank line begins a new paragraph.
# To begin again from the sources: newsletter assemble --date {date} --fresh

# Left empty, the subject is the first headline, and the preheader its story's beginning.
'''
_STORIES = """\
# The first story leads. A story may also have link, byline, image_credit, markup = "markdown",
# and below its text [stories.image] with url, alt and credit.
"""
_ACCEPTED = """\
# Checks whose findings were accepted for this edition, each with the reason.
[accepted]
"""
_MISSING: Mapping[Part, str] = {
    Part.STORY: '''\
# There is no lead story, and without one the edition is held.
# Write it here; take the # signs away:
# [[stories]]
# headline = "…"
# text = """
# First paragraph.
#
# Second paragraph.
# """
''',
    Part.FACT: """\
# There is no fact. To add one, take the # signs away:
# [fact]
# text = "…"
# source = "…"
""",
    Part.QUOTE: """\
# There is no quote. To add one, take the # signs away:
# [quote]
# text = "…"
# author = "…"
# source = "…"
""",
    Part.WORD: """\
# There is no word. To add one, take the # signs away:
# [word]
# word = "…"
# pos = "noun"
# definition = "…"
# sentences = ["…"]
# source = "…"
""",
}
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def as_toml(edition: Edition) -> str:
    """Give the file's text; the same edition always gives the same text.

    The provenance is not in it. Read again it gives the same edition, its texts trimmed and cut
    into blocks as `blocks.split` does.
    """
    return "\n".join(section.rstrip("\n") + "\n" for section in _sections(edition))


def _sections(edition: Edition) -> Iterator[str]:
    yield _HEAD.format(date=edition.date) + _pairs(
        subject=_quoted(edition.subject or ""),
        subject_b=_quoted(edition.trial.subject) if edition.trial else None,
        subject_share=str(edition.trial.share) if edition.trial else None,
        preheader=_quoted(edition.preheader or ""),
        intro=_long(blocks.join(edition.intro)),
    )
    for correction in edition.corrections:
        yield _correction(correction)
    yield _STORIES if edition.stories else _MISSING[Part.STORY]
    for story in edition.stories:
        yield _story(story)
    yield _fact(edition)
    yield _quote(edition.quote)
    yield _word(edition.word)
    for other in edition.others:
        yield _other(other)
    if edition.accepted:
        yield _accepted(edition.accepted)


def _correction(correction: CorrectionNote) -> str:
    pairs = _pairs(date=correction.date.isoformat(), text=_quoted(correction.text))
    return "[[corrections]]\n" + pairs


def _story(story: Story) -> str:
    return (
        "[[stories]]\n"
        + _pairs(
            headline=_quoted(story.headline),
            byline=_optional(story.byline),
            link=_optional(story.link),
            image_credit=_optional(story.image_credit),
            markup=_quoted(story.markup) if story.markup != "text" else None,
            text=_long(blocks.join(story.paragraphs)),
        )
        + _image(story.image)
    )


def _image(image: Image | None) -> str:
    if image is None:
        return ""
    return "\n[stories.image]\n" + _pairs(
        url=_quoted(image.url),
        alt=_quoted(image.alt),
        credit=_quoted(image.credit),
        width=str(image.width) if image.width else None,
        height=str(image.height) if image.height else None,
    )


def _fact(edition: Edition) -> str:
    fact = edition.fact
    if fact is None:
        return _MISSING[Part.FACT]
    return "[fact]\n" + _pairs(text=_quoted(fact.text)) + _credit(fact.source)


def _quote(quote: Quote | None) -> str:
    if quote is None:
        return _MISSING[Part.QUOTE]
    pairs = _pairs(text=_quoted(quote.text), author=_optional(quote.author))
    return "[quote]\n" + pairs + _credit(quote.source)


def _word(word: Word | None) -> str:
    if word is None:
        return _MISSING[Part.WORD]
    return (
        "[word]\n"
        + _pairs(
            word=_quoted(word.word),
            pos=_optional(word.pos_raw or word.pos),
            pronunciation=_optional(word.pronunciation),
            definition=_quoted(word.definition),
            extra_sense=_optional(word.extra_sense),
            sentences=_list(word.sentences),
        )
        + _credit(word.source)
    )


def _other(other: OtherFeature) -> str:
    pairs = _pairs(label=_quoted(other.label), text=_quoted(other.text))
    return "[[others]]\n" + pairs + _credit(other.source)


def _accepted(accepted: tuple[Acceptance, ...]) -> str:
    return _ACCEPTED + _pairs(**{one.code: _quoted(one.reason) for one in accepted})


def _credit(credit: Credit | None) -> str:
    if credit is None:
        return ""
    return _pairs(source=_quoted(credit.name), source_url=_optional(credit.url))


def _pairs(**values: str | None) -> str:
    return "".join(f"{key} = {value}\n" for key, value in values.items() if value is not None)


def _optional(text: str | None) -> str | None:
    return None if text is None else _quoted(text)


def _list(texts: tuple[str, ...]) -> str | None:
    return f"[{', '.join(_quoted(text) for text in texts)}]" if texts else None


def _quoted(text: str) -> str:
    """Write a basic string: JSON's escapes are TOML's, only DEL is not among them."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _long(text: str) -> str | None:
    """Write a multi-line basic string; TOML drops the line end after the opening marks."""
    if not text:
        return None
    escaped = text.replace("\\", "\\\\").replace('"""', '""\\"')
    escaped = _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", escaped)
    return f'"""\n{escaped}\n"""'


def with_acceptance(text: str, acceptance: Acceptance) -> str:
    """Give the file's text with one acceptance more; a second one of the same check replaces it.

    Comments, blank lines and the order of the keys stay. The text has to be TOML.
    """
    import tomlkit

    document = tomlkit.parse(text)
    if "accepted" not in document:
        document.add(tomlkit.nl())
        document.add("accepted", tomlkit.table())
    document["accepted"][acceptance.code] = acceptance.reason
    return tomlkit.dumps(document)
