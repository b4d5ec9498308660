"""Errors carry their place as data, and the sentence people read is made from it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli import _shell
from newsletter.content.source import SourceOptions
from newsletter.content.sources import (
    feed,
    graciousquotes,
    library,
    markdown,
    page,
    table,
    uselessfacts,
    wikimedia,
)
from newsletter.core.config import settings as config_settings
from newsletter.core.errors import ConfigError, NewsletterError, SourceError, Where
from newsletter.core.model import Part
from newsletter.editions.fields import from_fields
from newsletter.editions.files import EditionFiles
from newsletter.editions.reader import from_toml
from newsletter.editions.record import from_json
from newsletter.message.render.message import render
from newsletter.sandbox import fault_file
from newsletter.subscribers import csvfile
from newsletter.subscribers.csvfile import Record
from newsletter.subscribers.imports import columns
from tests.support.edition import make_edition, make_settings
from tests.support.publication import CONFIG
from tests.support.source_code import modules

DAY = date(2026, 3, 2)
HERE = Path(__file__).parents[3] / "templates"
EDITION = "editions/2026-03-02/edition.toml"
SETTINGS = CONFIG.replace("BATCH_SIZE", "1000").replace("PARALLEL", "4").replace("TIMEOUT", "30.0")


def settings_of(root: Path, text: str, **environment: str) -> object:
    (root / "config.toml").write_text(text)
    return config_settings.load(root / "config.toml", environment)


def source(module: Any, root: Path, part: Part, /, **options: Any) -> Any:
    return module.make(SourceOptions(options=options, root=root, part=part))


def story(root: Path, text: str) -> object:
    (root / "stories").mkdir()
    (root / "stories" / "2026-03-02.md").write_text(text)
    return source(markdown, root, Part.STORY, dir="stories").fetch(Part.STORY, DAY)


def row(root: Path, text: str, *, file: str = "facts.csv") -> object:
    (root / "facts.csv").write_text(text)
    return source(table, root, Part.FACT, file=file).fetch(Part.FACT, DAY)


def pasted(root: Path, text: bytes, part: Part) -> object:
    (root / "page.txt").write_bytes(text)
    return source(page, root, part, file="page.txt").fetch(part, DAY)


def rows_of(root: Path, text: str) -> object:
    (root / "list.csv").write_text(text)
    return list(csvfile.examine(root / "list.csv").records())


def mail(root: Path, name: str, text: str) -> object:
    (root / "email").mkdir()
    (root / "email" / name).write_text(text)
    return render(make_edition(), make_settings(root), folders=[root, HERE])


def faults(root: Path, text: str) -> object:
    (root / "faults.toml").write_text(text)
    return fault_file.load(root / "faults.toml")


def loaded(root: Path, text: bytes) -> object:
    path = root / EDITION
    path.parent.mkdir(parents=True)
    path.write_bytes(text)
    return EditionFiles(root / "editions").load(DAY)


TABLE: dict[str, tuple[Callable[[Path], object], str, dict[str, object]]] = {
    "no config.toml": (
        lambda root: config_settings.load(root, {}),
        "There is no ROOT/config.toml.",
        {"file": "ROOT/config.toml"},
    ),
    "config.toml is no TOML": (
        lambda root: settings_of(root, "[publication]\nname = The Brief\n"),
        "ROOT/config.toml is not valid TOML: Invalid value (at line 2, column 8).",
        {"file": "ROOT/config.toml", "line": 2},
    ),
    "an unknown key of config.toml": (
        lambda root: settings_of(root, "[database]\nurls = ''\n" + SETTINGS),
        "ROOT/config.toml, line 2: `database.urls` is not a key of the configuration.",
        {"file": "ROOT/config.toml", "line": 2, "key": "database.urls"},
    ),
    "a section that is none": (
        lambda root: settings_of(root, SETTINGS + "\n[root]\n"),
        "ROOT/config.toml: [root] is not a section.",
        {"file": "ROOT/config.toml", "line": SETTINGS.count("\n") + 2, "key": "root"},
    ),
    "a variable with a wrong value": (
        lambda root: settings_of(root, SETTINGS, NEWSLETTER_DELIVERY__BATCH_SIZE="many"),
        (
            "The environment variable NEWSLETTER_DELIVERY__BATCH_SIZE: "
            '`delivery.batch_size` ("many") must be a whole number.'
        ),
        {"key": "delivery.batch_size"},
    ),
    "a variable below a value": (
        lambda root: settings_of(root, SETTINGS, NEWSLETTER_PUBLICATION__NAME__FIRST="The"),
        "NEWSLETTER_PUBLICATION__NAME__FIRST goes below name, which is a value and not a table.",
        {"key": "publication.name.first"},
    ),
    "a secret without its file": (
        lambda root: settings_of(root, SETTINGS, SENDGRID_API_KEY_FILE="/nowhere/key").secret(
            "SENDGRID_API_KEY"
        ),
        (
            "The secret file /nowhere/key cannot be read: [Errno 2] No such file or directory: "
            "'/nowhere/key'."
        ),
        {"file": "/nowhere/key"},
    ),
    "an option that a source does not know": (
        lambda root: source(table, root, Part.FACT, path="facts.csv"),
        "[sources] fact, type “table”: `path` is not an option of this source.",
        {"key": "sources.fact.path", "part": "fact"},
    ),
    "an option of the wrong kind": (
        lambda root: source(markdown, root, Part.STORY, rotate="yes"),
        "[sources] story, type “markdown”: `rotate` must be true or false.",
        {"key": "sources.story.rotate", "part": "story"},
    ),
    "an option that is no address": (
        lambda root: source(feed, root, Part.STORY, url="nowhere"),
        "[sources] story, type “feed”: `url` must be a web address.",
        {"key": "sources.story.url", "part": "story"},
    ),
    "a kind that there is not": (
        lambda root: source(wikimedia, root, Part.FACT, kind="odd"),
        "[sources] fact, type “wikimedia”: there is no kind “odd”.",
        {"key": "sources.fact.kind", "part": "fact"},
    ),
    "a language that there is not": (
        lambda root: source(uselessfacts, root, Part.FACT, language="fr"),
        "[sources] fact, type “uselessfacts”: there are no facts in “fr”.",
        {"key": "sources.fact.language", "part": "fact"},
    ),
    "a source in another chain": (
        lambda root: source(wikimedia, root, Part.WORD),
        "[sources] word: “wikimedia” supplies no word.",
        {"key": "sources.word", "part": "word"},
    ),
    "a source in no chain": (
        lambda root: source(graciousquotes, root, Part.QUOTE),
        (
            "[sources] quote: “graciousquotes” cannot stand in a chain, for its terms allow asking "
            "on a person's request, not an unattended daily pull."
        ),
        {"key": "sources.quote", "part": "quote"},
    ),
    "the library without stories": (
        lambda root: source(library, root, Part.STORY),
        "The library has facts, quotes and words, and nothing for [sources] story.",
        {"key": "sources.story", "part": "story"},
    ),
    "a story without front matter": (
        lambda root: story(root, "The ferry is back.\n"),
        "stories/2026-03-02.md, line 1: the front matter is missing.",
        {"file": "stories/2026-03-02.md", "line": 1},
    ),
    "front matter that is no TOML": (
        lambda root: story(root, '+++\ntitle = "The ferry"\nbyline = Ida\n+++\n\nText.\n'),
        "stories/2026-03-02.md, line 3: the front matter is not TOML: Invalid value.",
        {"file": "stories/2026-03-02.md", "line": 3},
    ),
    "front matter that ends too early": (
        lambda root: story(root, '+++\ntitle = """The ferry\n+++\n\nText.\n'),
        (
            "stories/2026-03-02.md, line 2: the front matter is not TOML: Unterminated string "
            "(at end of document)."
        ),
        {"file": "stories/2026-03-02.md", "line": 2},
    ),
    "a key of a story twice": (
        lambda root: story(root, "---\ntitle: One\ntitle: Two\n---\n\nText.\n"),
        "stories/2026-03-02.md, line 3: `title` stands there twice.",
        {"file": "stories/2026-03-02.md", "line": 3, "key": "title"},
    ),
    "a key of a story of the wrong kind": (
        lambda root: story(root, '+++\ntitle = "A"\nkicker = [7]\n+++\n\nText.\n'),
        "stories/2026-03-02.md, line 3: `kicker` must be a text in quotation marks.",
        {"file": "stories/2026-03-02.md", "line": 3, "key": "kicker"},
    ),
    "no table": (
        lambda root: row(root, "", file="others.csv"),
        "There is no others.csv.",
        {"file": "others.csv"},
    ),
    "a table that is no CSV": (
        lambda root: row(root, 'text\n"A snail" can sleep.\n'),
        "facts.csv, line 2: The line is no CSV: ',' expected after '\"'.",
        {"file": "facts.csv", "line": 2},
    ),
    "a table without a column": (
        lambda root: row(root, "fact\nA snail can sleep.\n"),
        "facts.csv has no column “text”; its first line has fact.",
        {"file": "facts.csv", "line": 1, "key": "text"},
    ),
    "a page that is no text": (
        lambda root: pasted(root, b"\xff\xfe\x20\x00\x0a\x00", Part.FACT),
        "page.txt: The page text is empty.",
        {"file": "page.txt", "part": "fact"},
    ),
    "edition.toml is no TOML": (
        lambda _: from_toml("subject = The ferry\n", day=DAY, name=EDITION),
        f"{EDITION}, line 1: this is not TOML: Invalid value.",
        {"file": EDITION, "line": 1},
    ),
    "edition.toml ends too early": (
        lambda _: from_toml('intro = ["""\nSee\n', day=DAY, name=EDITION),
        f"{EDITION}, line 3: this is not TOML: Unterminated string (at end of document).",
        {"file": EDITION, "line": 3},
    ),
    "a key of edition.toml that is missing": (
        lambda _: from_toml('\n[[stories]]\ntext = "It is back."\n', day=DAY, name=EDITION),
        f"{EDITION}, line 2: `headline` is missing.",
        {"file": EDITION, "line": 2, "key": "stories.0.headline"},
    ),
    "edition.toml in another encoding": (
        lambda root: loaded(root, "subject = 'Zoë'".encode("utf-16")),
        f"{EDITION} is not UTF-8 text.",
        {"file": EDITION},
    ),
    "a damaged record": (
        lambda _: from_json("{", name="assembled.json"),
        (
            "assembled.json is damaged: Expecting property name enclosed in double quotes: line 1 "
            "column 2 (char 1)."
        ),
        {"file": "assembled.json"},
    ),
    "fields that are no edition": (
        lambda _: from_fields({"stories.0.text": "It is back."}, day=DAY),
        "This is no edition yet: stories.0.headline is missing.",
        {"key": "stories.0.headline"},
    ),
    "a template with a slip": (
        lambda root: mail(root, "brief.mjml.j2", "<mjml>\n{{ storry.headline }}\n</mjml>"),
        "ROOT/email/brief.mjml.j2, line 2: 'storry' is undefined.",
        {"file": "ROOT/email/brief.mjml.j2", "line": 2},
    ),
    "MJML with a slip": (
        lambda root: mail(root, "brief.mjml.j2", "<mjml>\n<mj-boddy></mj-boddy>\n</mjml>"),
        "ROOT/email/brief.mjml.j2, line 2: there is no <mj-boddy>; the nearest is <mj-body>.",
        {"file": "ROOT/email/brief.mjml.j2", "line": 2},
    ),
    "a colour that there is not": (
        lambda root: mail(root, "client.css", "a {\n  color: var(--sky);\n}"),
        "ROOT/email/client.css, line 2: there is no colour or font --sky.",
        {"file": "ROOT/email/client.css", "line": 2},
    ),
    "a fault file that is no TOML": (
        lambda root: faults(root, "[[rule]]\nfault = slow\n"),
        "The fault file ROOT/faults.toml is not valid TOML: Invalid value (at line 2, column 9).",
        {"file": "ROOT/faults.toml", "line": 2},
    ),
    "a rule of a fault file with a slip": (
        lambda root: faults(root, '[[rule]]\nfault = "slow"\nsecs = 1\n'),
        "ROOT/faults.toml, rule 1: `secs` does not belong to the fault “slow”.",
        {"file": "ROOT/faults.toml", "key": "secs"},
    ),
    "a rule of a fault file with a wrong value": (
        lambda root: faults(root, '[[rule]]\nfault = "slow"\nseconds = "1"\n'),
        "ROOT/faults.toml, rule 1: `seconds` must be a number of seconds from 0 to 86400.",
        {"file": "ROOT/faults.toml", "key": "seconds"},
    ),
    "a list with an open quotation mark": (
        lambda root: rows_of(root, 'email\nann@example.org\n"bob@example.org\n'),
        "Line 3 opens a quotation mark that is never closed; the file may be cut off.",
        {"line": 3},
    ),
    "a list without anything": (
        lambda root: rows_of(root, ""),
        "list.csv is empty.",
        {"file": "list.csv"},
    ),
    "a list with a broken first line": (
        lambda _: columns.find([Record(line=1, cells=(), fault="A cell is too long.")]),
        "Line 1: A cell is too long.",
        {"line": 1},
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_an_error_says_in_words_and_as_data_where_it_is(case: str, tmp_path: Path) -> None:
    fail, words, place = TABLE[case]
    with pytest.raises(NewsletterError) as caught:
        fail(tmp_path)
    known = {key: _shown(value, tmp_path) for key, value in caught.value.where.known.items()}
    assert (_shown(caught.value.what, tmp_path), known) == (words, place)


def _shown(value: object, root: Path) -> object:
    return value.replace(str(root), "ROOT") if isinstance(value, str) else value


def test_a_place_leads_its_sentence_unless_the_sentence_names_it() -> None:
    where = Where(file="a.toml", line=3, key="title")
    assert ConfigError("it is empty.", where=where).what == "a.toml, line 3: it is empty."
    assert ConfigError("it is empty.", where=Where(file="a.toml")).what == "a.toml: it is empty."
    assert ConfigError("It is empty.", where=Where(key="title")).what == "It is empty."
    named = ConfigError("a.toml is empty.", where=Where(file="a.toml", line=3, leads=False))
    assert (named.what, str(named), named.sentence) == ("a.toml is empty.",) * 3


def test_an_error_without_a_place_knows_none() -> None:
    assert SourceError("There is nothing.").where.known == {}


def test_json_of_an_error_has_its_place_where_it_is_known(capsys: Any) -> None:
    where = Where(file="a.md", line=3, key="title", part=Part.STORY)
    _shell.report(SourceError("it is empty.", hint="Fill it.", where=where), as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "error": {
            "type": "SourceError",
            "message": "a.md, line 3: it is empty.",
            "hint": "Fill it.",
            "file": "a.md",
            "line": 3,
            "key": "title",
            "part": "story",
        }
    }
    _shell.report(SourceError("There is nothing."), as_json=True)
    assert set(json.loads(capsys.readouterr().out)["error"]) == {"type", "message", "hint"}


def test_no_pattern_reads_a_line_number_out_of_a_sentence() -> None:
    readers = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.search(r"\bline \(?(?:\?P<\w+>)?(?:\\d|\[0-9])", node.value)
    }
    assert readers == {"newsletter/core/toml.py"}  # tomllib has no other way to tell it
