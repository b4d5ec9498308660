"""The site's pages: `templates/web/` in each language, with the mail's colours."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from newsletter.core.config.settings import Settings
from newsletter.message.render.files import TemplateFiles
from newsletter.message.render.language import direction
from newsletter.web.site import languages

KIND = "web"
_KEPT_FOR = 60.0  # seconds
_END = ".html.j2"
_NOT_OURS = frozenset({"edition.html.j2"})  # the page that stands by itself
_STYLES = ("site.css", "read.css")
# The mail's roles by the names of the site, and what only a site has (design: both schemes).
_ROLES = {
    "ground": "desk",
    "paper": "paper",
    "ink": "head",
    "body": "ink",
    "quiet": "dim",
    "line": "hairline",
    "accent": "accent",
    "brand": "brand",
    "on-brand": "on_brand",
    "well": "tint",
    "rule": "rule",
    "moment": "quote",
    "on-moment": "on_quote",
}
_OWN = {
    "light": {
        "edge": "#7d8087",
        "good": "#23653c",
        "good-ground": "#e8f1e8",
        "warn": "#7c4a00",
        "warn-ground": "#faf0db",
        "bad": "#a8201a",
        "bad-ground": "#fbebe8",
        "focus": "#1a5aa8",
    },
    "dark": {
        "edge": "#7b7f87",
        "good": "#83d09a",
        "good-ground": "#1b2a20",
        "warn": "#f0bd63",
        "warn-ground": "#2e2513",
        "bad": "#ff8f84",
        "bad-ground": "#321c19",
        "focus": "#8cc0ff",
    },
}


# Of a mail without a serif: what is read has the letters of what is done.
_PLAIN = (
    "h1, h2, h3, .brand, .said, .prose, .headword, .front-summary, .moment blockquote "
    "{ font-family: system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; }\n"
)


@dataclass(frozen=True, slots=True)
class Style:
    """The one style sheet, and the address that changes when it does."""

    text: str
    name: str  # "site-1a2b3c4d.css"


@dataclass(frozen=True, slots=True)
class Pages:
    """Every page in every language; what is put in is text, never markup."""

    settings: Settings
    folders: tuple[Path, ...]
    base: str  # begins every path: of a publication that is not at the root of its host
    languages: tuple[str, ...] = ()
    style: Style = Style("", "")
    is_live: bool = True  # else they are for a host of files, which answers no form
    _files: Mapping[str, TemplateFiles] = field(default_factory=dict)
    _kept: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)

    def text(self, name: str, /, *, language: str, **values: Any) -> str:
        """Fill a page, `NAME.html.j2`. Raises `TemplateError` with file and line."""
        return self._files[language].render(name + _END, self._shared(language) | values)

    def words(self, name: str, /, *, language: str) -> str:
        """Return a line that nothing is put into; it is read again once a minute at most."""
        key, now = (name, language), monotonic()
        kept = self._kept.get(key)
        if kept is None or now - kept[0] > _KEPT_FOR:
            kept = self._kept[key] = (now, self.text(name, language=language).strip())
        return kept[1]

    def _shared(self, language: str) -> dict[str, Any]:
        publication, template = self.settings.publication, self.settings.template
        return {
            "publication": publication,
            "nameplate": template.nameplate or publication.name,
            "base": self.base,
            "language": language,
            "direction": direction(language),
            "style": self.style.name,
            "schemes": {"light": template.light.paper, "dark": template.dark.paper},
            "documents": documents(self.settings.root),
            "here": "",
            "alone": False,
            "is_live": self.is_live,
        }


def open_pages(settings: Settings, folders: Sequence[Path], *, base: str) -> Pages:
    """Find the pages and the languages there are; templates are compiled when first asked for."""
    own = settings.publication.language
    roots = frozenset(
        file.name for folder in folders for file in (folder / KIND).glob(f"*{_END}")
    ).difference(_NOT_OURS)
    tags = languages.available(folders, own=own)
    files = {tag: TemplateFiles(KIND, folders, roots=roots, language=tag) for tag in tags}
    style = _style(settings, files[own])
    return Pages(settings, tuple(folders), base, tags, style, _files=files)


def documents(root: Path) -> frozenset[str]:
    """Name which of the publication's legal texts there are: `content/terms.md`, `privacy.md`."""
    return frozenset(name for name in ("terms", "privacy") if document(root, name).is_file())


def document(root: Path, name: str) -> Path:
    """Return the file of a legal text."""
    return root / "content" / f"{name}.md"


def _style(settings: Settings, files: TemplateFiles) -> Style:
    light, dark = settings.template.light.model_dump(), settings.template.dark.model_dump()
    text = (
        f":root {{ color-scheme: light dark; {_tokens(light, _OWN['light'])} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_tokens(dark, _OWN['dark'])} }} }}\n"
    ) + "".join(files.read(name)[1] for name in _STYLES)
    if settings.template.is_plain:
        text += _PLAIN
    return Style(text, f"site-{hashlib.sha256(text.encode()).hexdigest()[:12]}.css")


def _tokens(palette: Mapping[str, str], own: Mapping[str, str]) -> str:
    values = {name: palette[role] for name, role in _ROLES.items()} | dict(own)
    return " ".join(f"--{name}: {colour};" for name, colour in values.items())
