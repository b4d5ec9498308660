"""Front matter: YAML between `---` lines, TOML between `+++` lines, or a JSON object."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

import yaml

from newsletter.content.edition_fields import ImageTable, StoryTable, fronted
from newsletter.core.errors import SourceError, Where
from newsletter.core.sentences import said
from newsletter.core.toml import syntax_fault

_STORY = (*fronted(StoryTable).values(), *fronted(ImageTable).values())
KEYS = ("headline", "date", "order", "draft", *(one.key for one in _STORY))
_READ = frozenset({*KEYS, "published", "author", "authors"})
# Words of Hugo, Jekyll, Eleventy and Astro that only look like a slip of one of ours.
_FOREIGN = frozenset(
    {"border", "dated", "dates", "deadline", "drafts", "imagealt", "imagecredit", "images"}
    | {"image_url", "image_src", "image_path", "image_caption", "link_text", "linktext", "links"}
    | {"orders", "subtitle", "titles", "update", "updated", "linktitle", "byline_url"}
)
_LANGUAGES = {"+++": "toml", "---": "yaml", "---yaml": "yaml", "---toml": "toml", "---json": "json"}
_ENDS = {"yaml": ("---", "..."), "toml": ("+++", "---"), "json": ("---",)}
# A note with a headline and a date in its name needs no more; a README.md must not take turns.
_HEADED = re.compile(r"[ ]{0,3}#[ \t]+\S")
_DATED = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")
_LIMIT = 64_000  # characters; no editor writes more above a story
_DEEPEST = 3  # lists and tables in the value of one of our keys
_MOST_ENTRIES = 20
_NULL = "tag:yaml.org,2002:null"

_Entry: TypeAlias = tuple[str, Any, int]  # key, value, line of the file


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The keys above a story that are ours, where they stand, and the text below."""

    name: str  # of the file, for sentences about it
    values: Mapping[str, Any]  # of YAML, each scalar as it was written; None: nothing was written
    lines: Mapping[str, int]  # key → line of the file
    body: str

    def refuse(self, key: str, sentence: str, *, hint: str = "") -> NoReturn:
        """Raise `SourceError` that names the file and the line of a key, or of the first line."""
        where = Where(file=self.name, line=self.lines.get(key, 1), key=key)
        raise SourceError(said("%(sentence)s.", sentence=sentence), hint=hint, where=where)

    def flag(self, key: str) -> bool | None:
        """Return whether a key says yes or no; None where it says neither."""
        said = str(self.values.get(key)).strip().lower()
        return True if said in {"true", "yes", "on"} else False if said in _NOES else None


_NOES = frozenset({"false", "no", "off"})


@dataclass(frozen=True, slots=True)
class _Cut:
    """A file cut in two: the lines of its front matter, the first one's number, and the rest."""

    language: str
    head: str
    first: int
    body: str


def read_front_matter(text: str, *, name: str) -> FrontMatter:
    """Read a file's front matter. Raises `SourceError` with file and line.

    Keys of other programs (tags, slug, …) are left alone, whatever they hold, but one that is
    nearly one of ours is a slip of typing and is refused. Ours may be written with capitals.
    """
    cut = _cut(text.replace("\r\n", "\n").replace("\r", "\n"), name=name)
    if len(cut.head) > _LIMIT:
        _refuse(
            said("the front matter has more than %(limit)s characters", limit=f"{_LIMIT:,}"),
            name=name,
        )
    try:
        entries = list(_READERS[cut.language](cut, name))
    except RecursionError:
        _refuse(said("the front matter is nested too deeply"), name=name)
    found = FrontMatter(
        name=name,
        values=_once(entries, name=name),
        lines={key.lower(): line for key, _, line in reversed(entries)},
        body=cut.body,
    )
    _refuse_slips([key for key, _, _ in entries], found)
    return found


def _refuse(sentence: str, *, name: str, line: int = 1, hint: str = "") -> NoReturn:
    raise SourceError(
        said("%(sentence)s.", sentence=sentence), hint=hint, where=Where(file=name, line=line)
    )


def _cut(text: str, *, name: str) -> _Cut:
    lines = text.split("\n")
    start = next((place for place, line in enumerate(lines) if line.strip()), 0)
    fence = "".join(lines[start].split())
    if lines[start].startswith("{") and not lines[start].startswith(("{%", "{{")):
        return _cut_json(lines, start, name=name)
    if _HEADED.match(lines[start]) and _DATED.match(name.rpartition("/")[2]):
        return _Cut("yaml", "", start + 1, text)
    if fence not in _LANGUAGES:
        _refuse(
            said("the front matter is missing"),
            name=name,
            hint=said(
                'Begin with a line +++, then title = "…", then a line +++, then the text; or begin '
                "with # and the headline, in a file whose name begins with its date."
            ),
        )
    language = _LANGUAGES[fence]
    ends = (fence,) if fence == "+++" else _ENDS[language]
    end = next((i for i, line in enumerate(lines) if i > start and line.rstrip() in ends), None)
    if end is None:
        _refuse(
            said("the front matter has no end"),
            name=name,
            hint=said("Close it with a line %(fence)s above the text.", fence=fence[:3]),
        )
    head, body = lines[start + 1 : end], lines[end + 1 :]
    return _Cut(language, "\n".join(head), start + 2, "\n".join(body))


def _cut_json(lines: list[str], start: int, *, name: str) -> _Cut:
    text = "\n".join(lines[start:])
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        _refuse_json(error, name=name, first=start + 1)
    except RecursionError:
        _refuse(said("the front matter is nested too deeply"), name=name)
    return _Cut("json", text[:end], start + 1, text[end:])


def _toml(cut: _Cut, name: str) -> Iterator[_Entry]:
    try:
        values = tomllib.loads(cut.head)
    except tomllib.TOMLDecodeError as error:
        fault = syntax_fault(error)
        line = fault.line or cut.head.count("\n") + 1  # a text that ends too early has no line
        raise SourceError(
            said("the front matter is not TOML: %(sentence)s.", sentence=fault.sentence),
            hint=said('Texts need quotation marks: title = "The Tide Tables".'),
            where=Where(file=name, line=line + cut.first - 1),
        ) from error
    lines = dict(_keys_by_line(cut, re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*[=.]")))
    yield from ((key, value, lines.get(key, cut.first)) for key, value in values.items())


def _json(cut: _Cut, name: str) -> Iterator[_Entry]:
    pairs: list[tuple[str, Any]] = []

    def keep(found: list[tuple[str, Any]]) -> dict[str, Any]:
        pairs[:] = found  # the outermost object is the last one to be complete
        return dict(found)

    try:
        json.loads(cut.head, object_pairs_hook=keep)
    except json.JSONDecodeError as error:
        _refuse_json(error, name=name, first=cut.first)
    lines = dict(_keys_by_line(cut, re.compile(r"\s*\{?\s*\"([\w-]+)\"\s*:")))
    yield from ((key, value, lines.get(key, cut.first)) for key, value in pairs)


def _refuse_json(error: json.JSONDecodeError, *, name: str, first: int) -> NoReturn:
    sentence = said(
        "the front matter is not JSON: %(msg)s, column %(colno)s", msg=error.msg, colno=error.colno
    )
    _refuse(sentence, name=name, line=first + error.lineno - 1)


def _keys_by_line(cut: _Cut, pattern: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    """Yield keys with their lines from the last to the first."""
    for number, line in reversed(list(enumerate(cut.head.split("\n"), start=cut.first))):
        key = pattern.match(line)
        if key:
            yield key[1], number


def _yaml(cut: _Cut, name: str) -> Iterator[_Entry]:
    """Read the keys and, of ours, the values; aliases in others are never followed."""
    try:
        root = yaml.compose(cut.head, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = re.sub(r"\s+", " ", error.problem or "it cannot be read")
        _refuse(
            said("the front matter is not YAML: %(what)s", what=what),
            name=name,
            line=cut.first + (mark.line if mark else 0),
            hint=said("A text with a colon or a # sign needs quotation marks around it."),
        )
    except yaml.YAMLError:  # a character that YAML has no place for
        _refuse(said("the front matter has a character that YAML does not allow"), name=name)
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        _refuse(
            said("the front matter has no `key: value` lines"),
            name=name,
            line=cut.first + root.start_mark.line,
        )
    for key, value in root.value:
        if isinstance(key, yaml.ScalarNode):
            read = _plain(value, depth=0) if key.value.lower() in _READ else None
            yield key.value, read, cut.first + key.start_mark.line


def _plain(node: yaml.Node, *, depth: int) -> Any:
    """Return a value with each scalar as it was written; what is too deep or too long is cut."""
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == _NULL else node.value
    if depth > _DEEPEST:
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_plain(entry, depth=depth + 1) for entry in node.value[:_MOST_ENTRIES]]
    if isinstance(node, yaml.MappingNode):
        return {
            key.value: _plain(value, depth=depth + 1)
            for key, value in node.value[:_MOST_ENTRIES]
            if isinstance(key, yaml.ScalarNode)
        }
    return None


_READERS: Mapping[str, Callable[[_Cut, str], Iterator[_Entry]]] = {
    "json": _json,
    "toml": _toml,
    "yaml": _yaml,
}


def _once(entries: Iterable[_Entry], *, name: str) -> dict[str, Any]:
    """Return our keys with their values. Raises `SourceError` for one that stands there twice."""
    values: dict[str, Any] = {}
    for written, value, line in entries:
        key = written.lower()
        if key in values:
            where = Where(file=name, line=line, key=key)
            raise SourceError(said("`%(key)s` stands there twice.", key=key), where=where)
        if key in _READ:
            values[key] = value
    return values


def _refuse_slips(keys: Iterable[str], found: FrontMatter) -> None:
    for written in keys:
        key = written.lower()
        close = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.8)
        if close and key not in _READ | _FOREIGN:
            found.refuse(
                key,
                said("`%(written)s` is not a key of a story", written=written),
                hint=said("Did you mean `%(close)s`?", close=close[0]),
            )
