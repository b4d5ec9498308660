"""What exists is documented, and what is documented exists."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from newsletter.cli import app
from newsletter.content.edition_fields import EditionTable, Table, tables
from newsletter.content.edition_fields import keys as keys_in
from newsletter.core import plugins
from newsletter.core.config.settings import Settings
from newsletter.message import check
from newsletter.subscribers.erasure import SECRET_KEY
from newsletter.subscribers.imports.columns import FIELDS, key_of
from newsletter.subscribers.profile import EXPORTED
from tests.support.source_code import PACKAGE, ROOT

DOCS = ROOT / "docs"
SHARED = {"--config", "--date", "--json", "--help"}
LISTS = {"corrections", "stories", "others"}
NOT_OURS = {"--install-completion", "--show-completion"}


def read(name: str) -> str:
    """Read a page of the documentation."""
    return (DOCS / name).read_text(encoding="utf-8")


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield every command that can be run, with its full name."""
    inner = getattr(command, "commands", {})
    if path and (not inner or command.invoke_without_command):
        yield " ".join(("newsletter", *path)), command
    for name, sub in inner.items():
        yield from commands(sub, (*path, name))


def options(command: Any) -> set[str]:
    """Return the long options of a command."""
    names = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    return {name for name in names if name.startswith("--")} - NOT_OURS


def sections(text: str) -> dict[str, str]:
    """Split a page into the sections of its commands, by name."""
    parts = re.split(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {title.strip("` "): body for title, body in zip(parts[1::2], parts[2::2], strict=True)}


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_commands_md_has_exactly_the_commands_there_are() -> None:
    titles = {title for title in sections(read("commands.md")) if title.startswith("newsletter ")}
    assert titles == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_explained(name: str) -> None:
    section = sections(read("commands.md"))[name]
    written = set(re.findall(r"--[a-z][a-z-]*", section))
    assert options(COMMANDS[name]) - SHARED <= written
    assert written <= options(COMMANDS[name])


def test_examples_in_the_documentation_are_commands() -> None:
    called = re.compile(r"newsletter ((?:[a-z]+ ){0,2}[a-z][a-z-]*)")
    names = {name.removeprefix("newsletter ") for name in COMMANDS}
    for page in (*DOCS.glob("*.md"), ROOT / "README.md"):
        code = re.findall(r"`(newsletter [^`\n]+)`", page.read_text(encoding="utf-8"))
        for words in filter(None, map(called.match, code)):
            said = words[1].split()
            known = {" ".join(said[: count + 1]) for count in range(len(said))}
            assert known & names, f"{page.name}: {words[0]}"


def keys(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield section and key of every setting; `sender.name` is one key."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if field.exclude:
            continue
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys(inner, (*path, name))
        elif path:
            yield path[0], ".".join((*path[1:], name))


def test_every_setting_is_explained() -> None:
    text = read("configuration.md")
    missing = [f"[{section}] {key}" for section, key in keys(Settings) if f"] {key}`" not in text]
    assert missing == []


@pytest.mark.parametrize("package", ["newsletter.content.sources", "newsletter.delivery.providers"])
def test_every_secret_is_explained(package: str) -> None:
    text = read("configuration.md")
    found = {SECRET_KEY}
    for name in plugins.names(package):
        found.update(plugins.find(package, name).secret_names())
    assert [name for name in found if f"`{name}`" not in text] == []


def tables_of_an_edition() -> Iterator[tuple[str, type[Table]]]:
    """Yield the name of each table of `edition.toml` with its fields, in the order of the file."""
    yield "", EditionTable
    for name, table in tables(EditionTable).items():
        yield name, table
        yield from ((f"{name}.{inner}", one) for inner, one in tables(table).items())


def keys_of_an_edition() -> str:
    """Write the list of keys as docs/content.md has it, from the table of fields."""
    lines = ["| table | key | is | in a story’s front matter |", "| --- | --- | --- | --- |"]
    for name, table in tables_of_an_edition():
        header = f"[[{name}]]" if name in LISTS else f"[{name}]"
        for key in keys_in(table):
            front = f"`{key.told.front.key}`" if key.told.front else ""
            words = " or ".join(f'`"{choice}"`' for choice in key.choices)
            about = f"{key.told.about}: {words}" if words else key.told.about
            needed = " (needed)" if key.is_needed else ""
            place = f"`{header}`" if name else ""
            lines.append(f"| {place} | `{key.name}` | {about}{needed} | {front} |")
    return "\n".join(lines)


def test_the_keys_of_an_edition_are_listed_as_the_table_of_fields_tells_them() -> None:
    assert keys_of_an_edition() in read("content.md"), keys_of_an_edition()


def test_every_column_of_a_subscriber_is_explained_with_all_its_names() -> None:
    text = read("subscribers.md")
    rows = {is_: called for called, is_ in re.findall(r"^\| (.*) \| (.*) \|$", text, re.MULTILINE)}
    for column in EXPORTED:
        named = [key_of(name) for name in re.split(r"[,;:] ", rows[column.meaning])]
        assert named[: len(column.headers)] == list(column.headers)
        assert set(column.faint) <= set(named)
    assert (
        f"Fields are {', '.join(f'`{field}`' for field in FIELDS)}, or an attribute's key." in text
    )


def test_every_check_is_explained_with_its_level_why_and_how_it_is_mended() -> None:
    explained = sections(read("checks.md"))
    for code in check.codes():
        level = plugins.load("newsletter.message.checks", code.replace("-", "_")).LEVEL
        section = explained[code]
        assert section.strip().startswith(f"**{level}.** "), code
        assert re.search(r"\*Why:\* \S.+\*Mend:\* \S.+\.", section), code
    listed = re.findall(r"^### `([a-z-]+)`$", read("checks.md"), flags=re.MULTILINE)
    assert sorted(listed) == sorted(check.codes())


@pytest.mark.parametrize(
    ("package", "page"),
    [
        ("newsletter.content.sources", "content.md"),
        ("newsletter.delivery.providers", "providers.md"),
    ],
)
def test_every_plug_in_is_explained(package: str, page: str) -> None:
    text = read(page)
    assert [name for name in plugins.names(package) if f"`{name}`" not in text] == []


def test_every_template_is_explained() -> None:
    text = read("templates.md")
    names = [path.name.split(".")[0] for path in (ROOT / "templates/email").glob("*.mjml.j2")]
    assert names
    missing = [name for name in names if f'"{name}"' not in text]
    assert missing == [], "docs/templates.md: a row in its first table for each"


def test_changelog_has_unreleased_on_top() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    titles = re.findall(r"^## (.*)$", text, flags=re.MULTILINE)
    assert titles[0] == "Unreleased"


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / Path(target)).exists()
    ]
    assert broken == []


def test_the_architecture_page_has_the_entries_and_layers_of_the_code() -> None:
    tool = ROOT / "tools" / "architecture" / "page.py"
    done = subprocess.run([sys.executable, tool, "--check"], check=False)
    assert done.returncode == 0, "run: python tools/architecture/page.py"


def test_every_file_the_architecture_page_names_exists() -> None:
    named = re.findall(r"`([a-z_]+/[\w/{},.]*|[a-z_]+\.py)`", read("architecture.md"))
    assert len(named) > 40
    missing = [
        name
        for name in named
        if not name.endswith("/x.py") and not any(map(Path.exists, places(name)))
    ]
    assert missing == []


def places(name: str) -> list[Path]:
    """Return where a file that a page names may lie; of `{a,b}` the first stands for all."""
    first = re.sub(r"\{([^,}]+)[^}]*\}", r"\1", name)
    return [PACKAGE / first, PACKAGE / f"{first}.py", ROOT / first]


def test_the_readme_counts_what_there_is() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "[more than 50 checks]" in text
    assert len(check.codes()) > 50
    table = read("subscribers.md").partition("| program |")[2].partition("\n\n")[0]
    assert f"[{len(table.splitlines()) - 2} programs]" in text
