"""A check with a fault of its own ends in one sentence that names it, its file and its line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter.core import plugins
from newsletter.core.errors import PluginError
from newsletter.core.model.findings import Finding, Severity
from newsletter.message import check, checks
from tests.support.checked import good

CODE = "too-loud"
TEXT = '''
"""Loud messages are not read."""

from newsletter.core.model.findings import Fault, Place, Severity

CODE = "too-loud"
LEVEL = Severity.WARNING


def check(checked):
    """Find a loud message."""
    yield Fault("It is loud.", "Lower it.")
'''.lstrip()
Run = Callable[[str], tuple[Finding, ...]]


def forget() -> None:
    plugins._names.cache_clear()
    check.codes.cache_clear()
    check._plugin.cache_clear()
    sys.modules.pop("newsletter.message.checks.too_loud", None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "too_loud.py"


@pytest.fixture
def run(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return what runs one more check of the folder, and no other."""
    forget()
    others = dict.fromkeys(check.codes(), Severity.OFF)
    forget()
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(file.parent)])

    def run_one(text: str) -> tuple[Finding, ...]:
        file.write_text(text)
        return check.run(good(), others)

    yield run_one
    forget()


def test_a_check_is_found_by_its_file(run: Run) -> None:
    (finding,) = run(TEXT)
    assert (finding.code, finding.severity, finding.message) == (
        CODE,
        Severity.WARNING,
        "It is loud.",
    )


@pytest.mark.parametrize(
    ("old", "new", "told", "place"),
    [
        (
            "from newsletter",
            "import nothing_of_that_name\nfrom newsletter",
            "No module",
            "import no",
        ),
        ("from newsletter", "def half(:\nfrom newsletter", "SyntaxError: invalid", "def half"),
        ('CODE = "too-loud"', "LOUD = 1 / 0", "ZeroDivisionError", "1 / 0"),
        ('CODE = "too-loud"', "", "has no `CODE`, which a check has to define", None),
        ('"too-loud"', '"loud"', "has another `CODE`, and its file's name says “too-loud”", None),
        ("LEVEL = Severity.WARNING", "", "has no `LEVEL`", None),
        ("Severity.WARNING", '"warning"', "has a str for its `LEVEL`, not a Severity", None),
        ("def check(", "def chekc(", "has no function `check`, so it is no check", None),
        ("def check(checked)", "def check()", "TypeError", "def check"),
        ("    yield ", "    return ", "'Fault' object is not iterable", "def check"),
        ("    yield Fault", "    checked.nothing\n    yield Fault", "AttributeError", ".nothing"),
        (
            'Fault("It is loud.", "Lower it.")',
            '"It is loud."',
            "gave a str from `check`",
            "def check",
        ),
    ],
)
def test_a_fault_of_a_check_names_its_code_its_file_and_its_line(
    run: Run, file: Path, old: str, new: str, told: str, place: str | None
) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    with pytest.raises(PluginError) as caught:
        run(text)
    error = caught.value
    assert told in error.what
    assert error.what.startswith(("The check “too-loud” ", "The check “too_loud” "))
    line = next((n for n, one in enumerate(text.splitlines(), 1) if place and place in one), None)
    assert (error.where.file, error.where.line) == (str(file), line)
    assert error.what.endswith(f"({file}{f', line {line}' if line else ''}).")
    assert 'set it to "off" in [checks]' in error.hint


def test_a_check_that_is_off_is_not_even_imported(run: Run, file: Path) -> None:
    file.write_text("1 / 0\n")
    assert check.run(good(), dict.fromkeys(check.codes(), Severity.OFF)) == ()
