"""Plug-ins of somebody else's package, named by dotted path: options, secrets, and their faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.outside import Commands, command, outside
from tests.support.outside_modules import (
    PROVIDER,
    SOURCE,
    TOKEN,
    Write,
    brief,
    with_fact,
)

__all__ = ["command", "outside"]  # fixtures


# --- options and secrets --------------------------------------------------------------------------


def test_a_provider_reads_its_own_table_and_its_own_secret(
    tmp_path: Path, outside: Write, command: Commands
) -> None:
    module = outside(PROVIDER)
    table = f'[{module.path}]\nfile = "copies.txt"\ncopies = 3'
    root = brief(tmp_path, table, provider=module.path, people=2)
    done = command(root, "send", "--now", CARRIER_TOKEN=TOKEN)
    assert done.code == 0, done.err
    lines = (root / "copies.txt").read_text().splitlines()
    assert len(lines) == 2
    assert all(line.endswith(f" {len(TOKEN)} 3") for line in lines)
    audited = json.loads(command(root, "audit", "--json").out)
    assert audited["states"] == {"submitted": 2}


def test_a_key_of_its_table_can_come_from_the_environment_and_its_secret_from_a_file(
    tmp_path: Path, outside: Write, command: Commands
) -> None:
    module = outside(PROVIDER)
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    root = brief(tmp_path, f'[{module.path}]\nfile = "x"', provider=module.path, people=1)
    variable = f"NEWSLETTER_{module.path.replace('.', '__')}__FILE".upper()
    environment = {variable: "other.txt", "CARRIER_TOKEN_FILE": str(tmp_path / "token")}
    assert command(root, "send", "--now", **environment).code == 0
    assert f" {len(TOKEN)} 1" in (root / "other.txt").read_text()


def test_an_unknown_key_of_its_table_is_told_with_file_line_and_what_is_allowed(
    tmp_path: Path, outside: Write, command: Commands
) -> None:
    module = outside(PROVIDER)
    table = f'[{module.path}]\nfile = "y"\nfiel = "x"'
    root = brief(tmp_path, table, provider=module.path, people=1)
    done = command(root, "send", "--now", CARRIER_TOKEN=TOKEN)
    assert done.code == 2
    line = (root / "config.toml").read_text().splitlines().index('fiel = "x"') + 1
    assert f"config.toml, line {line}: `{module.path}.fiel` is not a key" in done.err
    assert "Did you mean `file`? Allowed here: copies, file." in done.err


def test_another_table_of_its_package_is_refused_with_the_name_of_its_own(
    tmp_path: Path, outside: Write, command: Commands
) -> None:
    module = outside(PROVIDER)
    package = module.path.partition(".")[0]
    root = brief(tmp_path, f"[{package}.tdies]\nfile = 1", provider=module.path)
    done = command(root, "config", "show")
    assert done.code == 2
    assert f"`{package}.tdies` is not a key of the configuration" in done.err
    assert f"The provider {module.path} reads the table [{module.path}]." in done.err


def test_its_table_may_stay_while_the_environment_names_another_provider(
    tmp_path: Path, outside: Write, command: Commands
) -> None:
    module = outside(PROVIDER)
    table = f'[{module.path}]\nfile = "copies.txt"'
    root = brief(tmp_path, table, provider=module.path, people=1)
    assert command(root, "send", "--now", NEWSLETTER_DELIVERY__PROVIDER="outbox").code == 0
    assert len(list((root / "outbox").rglob("*.eml"))) == 1


def test_the_configuration_shows_its_table_and_whether_its_secret_is_set(
    tmp_path: Path, outside: Write, command: Commands
) -> None:
    module, source = outside(PROVIDER), outside(SOURCE)
    root = brief(tmp_path, f'[{module.path}]\nfile = "copies.txt"', provider=module.path)
    with_fact(root, f'{{ type = "{source.path}", of = "x" }}')
    done = command(root, "config", "show", "--json", CARRIER_TOKEN=TOKEN)
    shown = json.loads(done.out)
    assert shown[module.path] == {"file": "copies.txt"}
    assert shown["secrets"]["CARRIER_TOKEN"] == "set"
    assert shown["secrets"]["TIDES_KEY"] == "not set"
    assert TOKEN not in done.out + done.err
    people = command(root, "config", "show", CARRIER_TOKEN=TOKEN)
    assert module.path in people.out
    assert TOKEN not in people.out + people.err


def test_a_source_reads_its_own_table_and_its_own_secret(
    tmp_path: Path, outside: Write, command: Commands
) -> None:
    module, root = outside(SOURCE), brief(tmp_path)
    with_fact(root, f'{{ type = "{module.path}", of = "spring" }}')
    done = command(root, "assemble", "--json", TIDES_KEY="k-e-y")
    assert json.loads(done.out)["edition"]["fact"]["text"] == "Tides spring k-e-y."


def test_a_source_can_ask_for_no_secret_it_does_not_name(
    tmp_path: Path, outside: Write, command: Commands
) -> None:
    module, root = outside(SOURCE.replace('SECRETS = ("TIDES_KEY",)', "")), brief(tmp_path)
    with_fact(root, f'{{ type = "{module.path}", of = "spring" }}, {{ type = "library" }}')
    why = reason(command, root, TIDES_KEY="k-e-y")
    assert f"“{module.path}” ({module.file}) asks for the secret TIDES_KEY" in why


# --- faults of a source ---------------------------------------------------------------------------


def reason(command: Commands, root: Path, **environment: str) -> str:
    """Assemble, and give why the first source of the fact's chain had nothing."""
    done = command(root, "assemble", "--json", **environment)
    assert done.code == 0, done.out + done.err
    (entry,) = (one for one in json.loads(done.out)["provenance"] if one["part"] == "fact")
    assert entry["source"] == "library"  # the chain went on
    assert "fault of the program" not in done.out + done.err
    return str(entry["tried"][0]["reason"])


@pytest.mark.parametrize(
    ("old", "new", "told", "place"),
    [
        (
            '"""A fact."""',
            "import nothing_of_that_name",
            "No module named 'nothing_of",
            "import no",
        ),
        ('"""A fact."""', "def half(:", "cannot be imported: SyntaxError", "def half"),
        ("def make(options):", "LATE = 1 / 0\ndef make(options):", "ZeroDivisionError", "1 / 0"),
        ("def make(options):", "def made(options):", "has no function `make`", None),
        ("def make(options):", "def make():", "failed with TypeError", "def make"),
        (
            "return Tides(options)",
            "return None",
            "gave None from `make`, without fetch",
            "def make",
        ),
        ("return Tides(options)", "return options.nothing", "AttributeError", "options.nothing"),
        ("        key = self", "        self.x\n        key = self", "AttributeError", "self.x"),
        ("return Supply(feature", "return str(feature", "failed with TypeError", "return str("),
        (
            'origin="t")',
            'origin="t").feature',
            "gave a Fact from `fetch`, not a Supply",
            "def fetch",
        ),
        ("text=f", "text=3 or f", "failed with", "def fetch"),
        ('SECRETS = ("TIDES_KEY",)', 'SECRETS = "TIDES_KEY"', "no tuple of names", None),
    ],
)
def test_a_fault_of_a_source_is_its_reason_with_file_and_line_and_the_chain_goes_on(
    tmp_path: Path,
    outside: Write,
    command: Commands,
    old: str,
    new: str,
    told: str,
    place: str | None,
) -> None:
    assert old in SOURCE
    module, root = outside(SOURCE.replace(old, new)), brief(tmp_path)
    with_fact(root, f'{{ type = "{module.path}", of = "x" }}, {{ type = "library" }}')
    why = reason(command, root)
    assert told in why
    assert why.startswith(f"The source “{module.path}” ")
    where = f", line {module.line_of(place)}" if place else ""
    assert why.endswith(f"({module.file}{where})")


def test_a_source_that_cannot_be_used_is_told_though_an_earlier_one_answers(
    tmp_path: Path, outside: Write, command: Commands, caplog: pytest.LogCaptureFixture
) -> None:
    module, root = outside("1 / 0\n"), brief(tmp_path)
    with_fact(root, f'{{ type = "library" }}, {{ type = "{module.path}" }}')
    assert command(root, "assemble").code == 0
    assert f"The source “{module.path}” cannot be imported" in caplog.text
    assert "take it out of [sources]" in caplog.text


def test_entries_that_take_turns_and_are_none_are_nothing(
    tmp_path: Path, outside: Write, command: Commands
) -> None:
    pool = "    def pool(self, part):\n        yield 'no supply'\n\n    def fetch("
    module, root = outside(SOURCE.replace("    def fetch(", pool)), brief(tmp_path)
    with_fact(root, f'{{ type = "{module.path}", of = "x" }}, {{ type = "library" }}')
    assert command(root, "library").code == 0


def test_what_a_source_says_when_it_fails_has_no_secret_and_no_address_in_it(
    tmp_path: Path, outside: Write, command: Commands
) -> None:
    fails = "raise RuntimeError(f'{key} of ann@example.org')\n        return Supply("
    module, root = outside(SOURCE.replace("return Supply(", fails)), brief(tmp_path)
    with_fact(root, f'{{ type = "{module.path}", of = "x" }}, {{ type = "library" }}')
    why = reason(command, root, TIDES_KEY=TOKEN)
    assert "RuntimeError: … of …" in why


def test_a_path_to_nothing_is_still_a_mistake_of_the_configuration(
    tmp_path: Path, command: Commands
) -> None:
    root = brief(tmp_path)
    with_fact(root, '{ type = "nobody.has_this" }')
    done = command(root, "assemble")
    assert done.code == 2
    assert "The plug-in nobody.has_this cannot be imported" in done.err
    assert "correct the dotted path" in done.err
