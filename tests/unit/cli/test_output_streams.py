"""What is printed: brackets stay, numbers agree with their nouns, encodings that lack signs."""

from __future__ import annotations

import io
import json

import pytest

from newsletter.cli import _output, _shell


def test_a_title_with_square_brackets_is_printed_whole(capsys):
    _shell.table([["at", "07:00"]], title="[schedule]")
    assert "[schedule]" in capsys.readouterr().out


def test_what_is_told_keeps_its_square_brackets(capsys):
    _shell.next_step("set [schedule] approval = true")
    _shell.tell("a folder called [bold]")
    told = capsys.readouterr()
    assert "[schedule]" in told.err
    assert "[bold]" in told.out


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "1 batch"), (0, "0 batches"), (6015, "6,015 batches")]
)
def test_a_number_agrees_with_its_noun(number, expected):
    assert _shell.counted(number, "batch", "batches") == expected


def test_what_an_encoding_lacks_is_written_plainer(monkeypatch):
    raw = io.BytesIO()
    _output.codecs.register_error(_output._PLAINER, _output._plainer)
    stream = io.TextIOWrapper(raw, encoding="ascii", errors=_output._PLAINER)
    stream.write("“Nine” … → ██░ ž \udcff")
    stream.flush()
    assert raw.getvalue() == b'"Nine" ... -> ##. \\u017e \\udcff'


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_document_is_json_in_any_encoding(monkeypatch, encoding):
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding=encoding))
    _shell.print_json({"name": "Pøhlsen \udcff ✓"})
    _shell.sys.stdout.flush()
    assert json.loads(raw.getvalue().decode(encoding)) == {"name": "Pøhlsen \udcff ✓"}
