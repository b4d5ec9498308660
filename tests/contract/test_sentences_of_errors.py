"""Whatever error can reach the desk is made of sentences that the desk's catalogues know.

`test_desk_translations.py` holds that every sentence made with `said` has its translation; this,
that no error an editor can meet is made of anything else.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.core import errors
from newsletter.web.desk.error_words import SET_UP
from tests.support.source_code import ROOT

PACKAGE = ROOT / "newsletter"
# Whose errors the desk shows: it makes editions, sends them and keeps the list with these.
REACHED = ("content", "core/http", "delivery", "editions", "storage", "subscribers", "web/desk")
# Parts of them that answer machines or commands, never an editor.
APART = (
    "delivery/events/",  # what a provider's post is answered with
    "delivery/providers/sendgrid/events.py",
    "delivery/providers/sendgrid/lists.py",  # read by a command
    "delivery/providers/sendgrid/statistics.py",  # read by the doctor and after a restore
    "storage/backups/",  # `db backup`, `db restore`
    "storage/database.py",  # the database that cannot be opened: the desk does not start
    "storage/engines.py",
    "storage/events.py",
    "storage/migrate.py",
    "storage/single_mails.py",
    "web/desk/server.py",  # the desk that does not start
)
# What whoever set it up has to mend: these name keys, files and lines.
OPERATORS = (errors.ConfigError, errors.PluginError, errors.TemplateError)
GIVEN = re.compile(r"(?<![.\w])(?<!def )said\(\s*(?![\"'])([\w.]+)")
TOLD = {
    name: one
    for name, one in vars(errors).items()
    if inspect.isclass(one) and issubclass(one, errors.NewsletterError)
}


def modules() -> list[Path]:
    found = [one for folder in REACHED for one in sorted((PACKAGE / folder).rglob("*.py"))]
    return [one for one in found if not str(one.relative_to(PACKAGE)).startswith(APART)]


def bare(value: ast.expr, within: ast.FunctionDef | None) -> str:
    """Return the text of an expression that is written there and not made with `said`."""
    match value:
        case ast.JoinedStr(values=values):
            texts = (one.value for one in values if isinstance(one, ast.Constant))
            return "".join(map(str, texts)) or "{}"
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            return bare(one, within) or bare(other, within)
        case ast.Name(id=name) if within is not None:
            return "".join(bare(one, None) for one in assigned(name, within))
    return ""


def assigned(name: str, within: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(within):
        if isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Name) and one.id == name for one in node.targets
        ):
            yield node.value


def unsaid(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of every sentence or hint of an error that no catalogue can know."""
    for function in (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)):
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            kind = TOLD.get(node.func.id)
            if kind is None or issubclass(kind, OPERATORS):
                continue
            hints = [one.value for one in node.keywords if one.arg == "hint"]
            for text in (bare(one, function) for one in (*node.args[:1], *hints)):
                if text and not SET_UP.search(text):
                    yield node.lineno, text


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("raise SourceError(f'{a} is shut.')", [" is shut."]),
        ("raise Held('It waits.', hint='Look.')", ["It waits.", "Look."]),
        ("what = f'{a} broke'\n    raise InputError(what)", [" broke"]),
        ("raise TryLater('Late' if a else 'Early')", ["Late"]),
        ("raise InputError(said('It waits.'), hint=said('Look.'))", []),
        ("raise Held(said('No.'), hint='Run `newsletter check`.')", []),
        ("raise ConfigError('`a` is no key.')", []),
        ("raise ValueError('a')", []),
    ],
)
def test_a_sentence_without_an_id_is_found(written: str, found: list[str]) -> None:
    assert [text for _, text in unsaid(ast.parse(f"def f(a):\n    {written}\n"))] == found


def test_every_error_an_editor_can_meet_is_made_of_sentences_with_an_id() -> None:
    found = {
        f"{file.relative_to(ROOT)}:{line}: {text}"
        for file in modules()
        for line, text in unsaid(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert sorted(found) == [], "make them with `said`, then run `python tools/desk_words.py`"


def test_a_sentence_is_given_whole_where_it_is_made() -> None:
    """What is put together first, in an f-string or a variable, is found by no catalogue.

    `x.template` is the id of a sentence that was made somewhere else.
    """
    found = {
        f"{file.relative_to(ROOT)}: {match[1]}"
        for file in PACKAGE.rglob("*.py")
        for match in GIVEN.finditer(file.read_text(encoding="utf-8"))
        if not match[1].endswith(".template")
    }
    assert found == {"newsletter/content/pictures.py: template"}  # its other process made it
