"""`--env-file`: read as systemd reads it; what stands in it is never shown."""

from __future__ import annotations

import pytest

from newsletter.cli import _env_file
from newsletter.core.errors import UsageError


def loaded(tmp_path, text, **before):
    (tmp_path / "brief.env").write_text(text)
    _env_file.load(tmp_path / "brief.env", before)
    return before


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=plain", "plain"),
        ("export KEY = spaced out ", "spaced out"),
        ("KEY='it is $HOME'", "it is $HOME"),
        ('KEY="say \\"hm\\""', 'say "hm"'),
        ("KEY=a=b#c", "a=b#c"),
        ("KEY=", ""),
    ],
)
def test_a_line_is_a_name_and_a_value(tmp_path, line, value):
    assert loaded(tmp_path, f"# a comment\n; another\n\n{line}\n") == {"KEY": value}


def test_what_is_set_already_stays(tmp_path):
    assert loaded(tmp_path, "KEY=file\n", KEY="given") == {"KEY": "given"}


@pytest.mark.parametrize("line", ["orchid-7", "KEY='orchid-7", "1KEY=orchid-7", "KEY-X=orchid-7"])
def test_a_line_of_another_form_is_told_by_its_number_alone(tmp_path, line):
    with pytest.raises(UsageError) as caught:
        loaded(tmp_path, f"A=1\n{line}\n")
    assert caught.value.where.line == 2
    assert "orchid" not in caught.value.what + caught.value.hint


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        _env_file.load(tmp_path / "nowhere.env", {})
