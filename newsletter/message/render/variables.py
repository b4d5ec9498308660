"""What a template is given: the edition, the publication, and what follows from them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial, reduce
from typing import Any

from jinja2 import TemplateRuntimeError
from markupsafe import Markup

from newsletter.core.config.settings import Settings
from newsletter.core.model import Edition, Story
from newsletter.message import merge
from newsletter.message.render import anatomy, language, markdown
from newsletter.message.render.markdown_text import to_text
from newsletter.message.render.plain import RULE, excerpt, one_line
from newsletter.message.render.scripts import other_direction, sided, turned

_SUBJECT = 70  # what an inbox shows of it
# What the salt is taken from. An edition that was approved keeps its message from one release to
# the next, so it has the form it had first: with what editions no longer hold, always empty, and
# without what came later, where that is not set.
_SALTED = (
    "date", "stories", "fact", "quote", "word", "others", "intro", "subject", "preheader", "trial",
    "corrections", "accepted", "provenance", "repeats",
)  # fmt: skip
_EMPTY = {"trial": "None", "accepted": "()", "provenance": "()", "repeats": "()"}
_LATER = (", kicker=None", ", figure=None")


class Fields:
    """The merge fields that the templates of one message ask for."""

    def __init__(self, edition: Edition) -> None:
        """Take the salt of the placeholders from the edition's content."""
        self.salt = hashlib.sha256(_salted(edition).encode(errors="replace")).hexdigest()[:8]
        self.fallbacks: dict[str, str | None] = {}

    def asker(self, *, escaped: bool) -> Callable[..., str]:
        """Return the function `merge(name, fallback=None)` of the HTML or the text template."""

        def ask(name: str, fallback: str | None = None) -> str:
            self._remember(name, fallback)
            mark = merge.placeholder(name, escaped=escaped, salt=self.salt)
            return Markup(mark) if escaped else mark  # noqa: S704  # letters, digits, -, _

        return ask

    def _remember(self, name: str, fallback: str | None) -> None:
        if not merge.is_field_name(name):
            valid = ", ".join(merge.BUILT_IN)
            raise TemplateRuntimeError(
                f"there is no reader's field “{name}”; valid are {valid} and attributes.<key>"
            )
        if self.fallbacks.setdefault(name, fallback) != fallback:
            raise TemplateRuntimeError(
                f"merge({name!r}) has two different fallbacks, {self.fallbacks[name]!r} "
                f"and {fallback!r}"
            )


def _salted(edition: Edition) -> str:
    said = {one.name: repr(getattr(edition, one.name)) for one in fields(edition)} | _EMPTY
    content = ", ".join(f"{name}={said[name]}" for name in _SALTED)
    return reduce(lambda text, later: text.replace(later, ""), _LATER, f"Edition({content})")


def shared(edition: Edition, settings: Settings) -> dict[str, Any]:
    """Return the variables that the HTML and the text template have in common."""
    publication, template = settings.publication, settings.template
    runs = language.direction(publication.language)
    ltr = runs == "ltr"
    light, dark = template.light.model_dump(), template.dark.model_dump()
    fonts = anatomy.fonts(plain=template.is_plain)
    address = web_edition(edition, settings)
    return {
        "edition": edition,
        "publication": publication,
        "subject": subject(edition, settings),
        "preheader": preheader(edition),
        "date": language.long_date(edition.date, publication.language),
        "minutes": language.minutes(_texts(edition)),
        "language": publication.language,
        "direction": runs,
        "turned": partial(turned, runs=runs),
        "sided": partial(sided, runs=runs),
        "start": "left" if ltr else "right",
        "end": "right" if ltr else "left",
        "rule": RULE,
        "nameplate": template.nameplate or publication.name,
        "sections": template.sections,
        "web_edition": address,
        "day": language.day_of_year(edition.date, publication.language),
        "short_date": partial(language.short_date, language=publication.language),
        "light": light,
        "dark": dark,
        "fonts": fonts,
        "tokens": {**_named("light", light), **_named("dark", dark), **fonts},
        **anatomy.around(edition, settings, address=address),
    }


def web_edition(edition: Edition, settings: Settings) -> str | None:
    """Return the address of the edition's web page: the one that is named, else the site's own."""
    pattern = settings.template.web_edition
    if pattern is None and settings.has_site:
        pattern = f"{settings.publication.url.rstrip('/')}/editions/{{date}}"
    return pattern.replace("{date}", edition.date.isoformat()) if pattern else None


def _named(scheme: str, palette: Mapping[str, str]) -> dict[str, str]:
    """Return the colours under the names style sheets use: `light-on-quote`."""
    return {f"{scheme}-{role.replace('_', '-')}": colour for role, colour in palette.items()}


def subject(edition: Edition, settings: Settings) -> str:
    """Return the editor's subject, else the lead headline, else the first feature, on one line."""
    lead = edition.stories[0].headline if edition.stories else None
    extras = [excerpt(text, least=30, most=_SUBJECT) for text in _extras(edition)]
    return one_line(edition.subject or lead or next(iter(extras), settings.publication.name))


def preheader(edition: Edition) -> str:
    """Return the editor's preheader, else the beginning of the lead story, else more features."""
    if edition.preheader:
        return one_line(edition.preheader)
    if not edition.stories:
        return excerpt(" ".join(_extras(edition)[1:]))
    lead = edition.stories[0]
    prose = replace(lead, paragraphs=_prose(lead))
    return excerpt(" ".join(text_paragraphs(prose, addresses=False)))


def _extras(edition: Edition) -> list[str]:
    """List the features that speak for an edition without a story, the best first."""
    word = edition.word
    texts = [
        edition.fact.whole if edition.fact else None,
        f"{word.word}: {word.definition}" if word else None,
        edition.quote.text if edition.quote else None,
        *(other.text for other in edition.others),
    ]
    return [text for text in texts if text]


def html_paragraphs(
    story: Story, *, heading: int = 2, opening: bool = False, runs: str | None = None
) -> tuple[Markup, ...]:
    """Return a story's blocks as HTML; subheadings get the level `heading`, or the one below it.

    With `opening` only the block that begins the text. A block that does not run as the mail does
    (`runs`: `ltr` or `rtl`) says so.
    """
    blocks = _opening(story) if opening else story.paragraphs
    if story.markup == "text":
        return tuple(
            Markup("<p{}>{}</p>").format(turned(block, runs=runs), one_line(block))
            for block in blocks
        )
    found: list[Markup] = []
    minor = heading  # until there is a subheading for it to stand below
    for block in blocks:
        if markdown.has_first_kind(block):
            minor = heading + 1
        own = other_direction(to_text(block, addresses=False), runs=runs)
        found.append(markdown.to_html(block, heading=heading, minor=minor, direction=own))
    return tuple(found)


def text_paragraphs(
    story: Story, *, addresses: bool = True, opening: bool = False
) -> tuple[str, ...]:
    """Return a story's blocks as plain text, with or without the addresses of its links.

    With `opening` only the block that begins the text.
    """
    blocks = _opening(story) if opening else story.paragraphs
    if story.markup == "markdown":
        return tuple(to_text(block, addresses=addresses) for block in blocks)
    return tuple(one_line(block) for block in blocks)


def _prose(story: Story) -> tuple[str, ...]:
    """Return the blocks that have sentences; all of them where none has."""
    if story.markup == "text":
        return story.paragraphs
    return tuple(filter(markdown.is_prose, story.paragraphs)) or story.paragraphs


def _opening(story: Story) -> tuple[str, ...]:
    return _prose(story)[:1]


def _texts(edition: Edition) -> list[str]:
    texts = [*edition.intro, *(other.text for other in edition.others)]
    texts += [note.text for note in edition.corrections]
    for story in edition.stories:
        texts += [story.headline, *text_paragraphs(story, addresses=False)]
    texts += [edition.fact.whole] if edition.fact else []
    texts += [edition.quote.text] if edition.quote else []
    if edition.word:
        texts += [edition.word.definition, *edition.word.sentences]
    return texts
