"""What a mail has around its texts: index, greeting, sign-off, what can be done with it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from newsletter.core.config.settings import Settings
from newsletter.core.config.template import NAME
from newsletter.core.model import Edition, Fact, Quote, Word
from newsletter.message.render.plain import excerpt, one_line

STARS = (1, 2, 3, 4, 5)
_LEAST_LINES, _MOST_LINES = 3, 5  # of an index: fewer are seen at a glance, more push the story off
_LINE = 48  # characters of a line
_SANS = "'Segoe UI', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif"
_SERIF = "Georgia, 'Times New Roman', Times, serif"

Kind = Literal["story", "fact", "quote", "word", "other"]


class Entry(NamedTuple):
    """A line of the index: what it leads to, of which kind, and its words."""

    anchor: str
    kind: Kind
    words: str


class Greeting(NamedTuple):
    """A greeting around the reader's name; `nobody` stands for who has none."""

    before: str
    nobody: str = ""
    after: str = ""


def index(edition: Edition, sections: tuple[str, ...]) -> tuple[Entry, ...]:
    """List what an edition has besides its lead, in its order: three to five lines, else none.

    Where there is more, further stories stand back before the features.
    """
    lines = [line for section in sections for line in _LISTED.get(section, _nothing)(edition)]
    for kind in ("story", "other"):
        while len(lines) > _MOST_LINES and any(line.kind == kind for line in lines):
            lines.remove([line for line in lines if line.kind == kind][-1])
    return tuple(lines) if len(lines) >= _LEAST_LINES else ()


def _nothing(_: Edition) -> Iterator[Entry]:
    return iter(())


def _stories(edition: Edition) -> Iterator[Entry]:
    for number, story in enumerate(edition.stories[1:], start=2):
        yield Entry(f"story-{number}", "story", _line(story.headline))


def _feature(edition: Edition, feature: Fact | Quote | Word | None) -> Iterator[Entry]:
    del edition
    match feature:
        case Fact():
            yield Entry("fact", "fact", _line(feature.whole, most=32))
        case Quote():
            yield Entry("quote", "quote", _line(feature.author or feature.text))
        case Word():
            yield Entry("word", "word", _line(feature.word))


def _others(edition: Edition) -> Iterator[Entry]:
    for number, other in enumerate(edition.others, start=1):
        yield Entry(f"other-{number}", "other", _line(other.label))


_LISTED: dict[str, Callable[[Edition], Iterator[Entry]]] = {
    "stories": _stories,
    "fact": lambda edition: _feature(edition, edition.fact),
    "quote": lambda edition: _feature(edition, edition.quote),
    "word": lambda edition: _feature(edition, edition.word),
    "others": _others,
}


def _line(text: str, *, most: int = _LINE) -> str:
    return excerpt(text, least=most // 2, most=most)


def around(edition: Edition, settings: Settings, *, address: str | None) -> dict[str, Any]:
    """Return the variables for what stands around the texts.

    `address` is the edition's on the web. A friend is sent that, else the publication's, and
    never the mail itself: it has the reader's own link for leaving.
    """
    publication, template = settings.publication, settings.template
    editor = publication.editor
    return {
        "index": index(edition, template.sections),
        "greeting": _greeting(template.greeting),
        "sign_off": template.sign_off,
        "editor": editor,
        "called": _called(editor.name) if editor else "",
        "stars": STARS,
        "forward": address or publication.url,
        "answers_to": publication.answers_to,
        "mailto": mailto,
    }


def mailto(*, to: str = "", subject: str, body: str = "") -> str:
    """Return an address that begins a mail."""
    parts = {"subject": subject, "body": body}
    query = "&".join(
        f"{key}={quote(one_line(text), safe='')}" for key, text in parts.items() if text
    )
    return f"mailto:{quote(to, safe='@+')}?{query}"


def fonts(*, plain: bool) -> dict[str, str]:
    """Return the fonts under the names style sheets use: what is said, and what serves."""
    return {"say": _SANS if plain else _SERIF, "plain": _SANS}


def _greeting(text: str | None) -> Greeting | None:
    if text is None:
        return None
    found = NAME.search(text)
    return (
        Greeting(text[: found.start()], found[1], text[found.end() :]) if found else Greeting(text)
    )


def _called(name: str) -> str:
    """Return how an editor is called: the first word that is no title such as “Dr.”."""
    words = name.split()
    return next((word for word in words if not word.endswith(".")), name)
