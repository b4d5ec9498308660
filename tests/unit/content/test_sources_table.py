"""Facts, quotes and words from CSV: who is chosen on which date, and what is passed over."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.source import SourceOptions
from newsletter.content.sources.table import make
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Credit, Fact, Part, Quote, Supply, Word

DAY = date(2027, 3, 9)
FACTS = [f"Fact number {number} about a snail." for number in range(12)]


def fetch(root: Path, content: str, *, part: Part = Part.FACT, day: date = DAY) -> Supply:
    (root / "features.csv").write_text(content, encoding="utf-8")
    options = SourceOptions(options={"file": "features.csv"}, root=root, part=part)
    return make(options).fetch(part, day)


def text_of(supply: Supply) -> str:
    assert isinstance(supply.feature, Fact)
    return supply.feature.text


def table(*rows: str, headings: str = "text,date") -> str:
    return "\n".join((headings, *rows)) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("table")


@settings(deadline=None)
@given(st.dates(max_value=date(9000, 1, 1)), st.integers(min_value=1, max_value=12))
def test_every_row_has_its_turn_before_one_comes_again(
    folder: Path, first: date, count: int
) -> None:
    content = table(*FACTS[:count])
    days = [first + timedelta(days=n) for n in range(count)]
    shown = [text_of(fetch(folder, content, day=day)) for day in days]
    assert sorted(shown) == sorted(FACTS[:count])
    assert text_of(fetch(folder, content, day=first)) == shown[0]


@settings(deadline=None)
@given(st.permutations(FACTS))
def test_the_order_of_the_file_does_not_matter(folder: Path, rows: list[str]) -> None:
    assert text_of(fetch(folder, table(*rows))) == text_of(fetch(folder, table(*FACTS)))


def test_rows_do_not_come_in_the_order_they_were_typed(tmp_path: Path) -> None:
    days = [DAY + timedelta(days=n) for n in range(12)]
    shown = [text_of(fetch(tmp_path, table(*FACTS), day=day)) for day in days]
    turned = [FACTS[n:] + FACTS[:n] for n in range(12)]
    assert shown not in turned


def test_a_row_of_the_date_goes_before_one_of_every_year_and_both_before_the_turns(
    tmp_path: Path,
) -> None:
    always = "A snail can sleep for months."
    content = table(always, "Every ninth of March.,03-09", "This very day of all.,2027-03-09")
    assert text_of(fetch(tmp_path, content)) == "This very day of all."
    assert text_of(fetch(tmp_path, content, day=date(2028, 3, 9))) == "Every ninth of March."
    for offset in range(1, 8):
        assert text_of(fetch(tmp_path, content, day=DAY + timedelta(days=offset))) == always


@pytest.mark.parametrize(
    ("figure", "read"), [("61 kWh", "61 kWh"), ("", None), ("1234567890", "too long")]
)
def test_a_figure_is_a_column_of_its_own_and_never_guessed(
    tmp_path: Path, figure: str, read: str | None
) -> None:
    rows = table(f"61 is the number of snails.,{figure}", headings="text,figure")
    if read == "too long":
        with pytest.raises(SourceError, match="the figure has 10 characters; 9 is the limit"):
            fetch(tmp_path, rows)
        return
    feature = fetch(tmp_path, rows).feature
    assert isinstance(feature, Fact)
    assert (feature.figure, feature.text) == (read, "61 is the number of snails.")


def test_only_dated_rows_leave_other_dates_without(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"features\.csv has no row for this date\."):
        fetch(tmp_path, table("This very day of all.,2027-03-09"), day=date(2027, 3, 10))


def test_all_columns_of_each_kind_are_read(tmp_path: Path) -> None:
    fact = fetch(
        tmp_path,
        table(
            "A snail can sleep.,Almanac,https://a.example.org", headings="text,source,source_url"
        ),
    )
    assert fact.feature == Fact(
        text="A snail can sleep.", source=Credit("Almanac", "https://a.example.org")
    )
    quote = fetch(
        tmp_path,
        table('Orla Finch,"Shy letters, they stay.",Letters', headings="author,text,source"),
        part=Part.QUOTE,
    )
    assert quote.feature == Quote(
        text="Shy letters, they stay.", author="Orla Finch", source=Credit("Letters")
    )
    word = fetch(
        tmp_path,
        table(
            "lull,n.,luhl,A time of quiet.,It can also mean to soothe.,The lull was brief.,Us",
            headings="word,pos,pronunciation,definition,extra_sense,sentence,source",
        ),
        part=Part.WORD,
    )
    assert word.feature == Word(
        word="lull",
        pos="noun",
        pos_raw="n.",
        pronunciation="luhl",
        definition="A time of quiet.",
        extra_sense="It can also mean to soothe.",
        sentences=("The lull was brief.",),
        source=Credit("Us"),
    )


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (",2027-03-09", "line 3, no text"),
        ("A snail, they say, sleeps.,", "line 3, more cells than headings"),
        ("A snail can sleep.,9 March", "line 3, date “9 March” is neither"),
        ("A snail can sleep.,02-31x", "line 3, date “02-31x” is neither"),
        ("Short.,", "line 3, the fact has 6 characters"),
        ("Too many requests from you.,", "line 3, the text is an error message"),
    ],
)
def test_a_bad_row_is_passed_over_and_named(tmp_path: Path, row: str, named: str) -> None:
    supply = fetch(tmp_path, table("A snail can sleep for months.", row))
    assert text_of(supply) == "A snail can sleep for months."
    assert f"features.csv, line 2 (passed over: {named}" in supply.origin


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        (",https://a.example.org", "a source_url without a source"),
        ("Almanac,ftp://a.example.org", "the link is not an absolute http or https address"),
    ],
)
def test_a_row_with_an_unusable_source_is_passed_over(
    tmp_path: Path, cells: str, named: str
) -> None:
    content = table(f"A snail can sleep.,{cells}", headings="text,source,source_url")
    with pytest.raises(SourceError, match=named):
        fetch(tmp_path, content)


def test_many_bad_rows_are_counted_instead_of_listed(tmp_path: Path) -> None:
    supply = fetch(tmp_path, table("A snail can sleep.", *["Short."] * 5))
    assert supply.origin.endswith("; and 2 more)")


def test_line_numbers_count_the_lines_of_texts_over_several_lines(tmp_path: Path) -> None:
    supply = fetch(tmp_path, table('"A snail can\nsleep for\nmonths."', "", "x"))
    assert "line 4 (passed over: line 6, the fact has 1 characters" in supply.origin


def test_a_table_from_a_spreadsheet_with_semicolons_and_a_byte_order_mark_is_read(
    tmp_path: Path,
) -> None:
    supply = fetch(tmp_path, "\ufeffText;Source\r\nA snail, it sleeps.;Almanac\r\n")
    assert supply.feature == Fact(text="A snail, it sleeps.", source=Credit("Almanac"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "has no column “text”; its first line has nothing"),
        (
            "fact,source\nA snail.,Almanac\n",
            "has no column “text”; its first line has fact, source",
        ),
        ('text\n"A snail can sleep.\n', "line 2: The line is no CSV: unexpected end of data"),
        ("text\n", "has no row for this date"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        fetch(tmp_path, content)


def test_a_table_in_another_encoding_is_refused_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "features.csv").write_bytes("text\nDas Café schläft.\n".encode("cp1252"))
    options = SourceOptions(options={"file": "features.csv"}, root=tmp_path, part=Part.FACT)
    with pytest.raises(SourceError, match="not UTF-8") as caught:
        make(options).fetch(Part.FACT, DAY)
    assert "UTF-8" in caught.value.hint


def test_a_file_option_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`file` must be text"):
        make(SourceOptions(options={"file": 7}, root=tmp_path, part=Part.FACT))


def fetch_lines(root: Path, *lines: str, part: Part = Part.FACT) -> Supply:
    (root / "features.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    options = SourceOptions(options={"file": "features.jsonl"}, root=root, part=part)
    return make(options).fetch(part, DAY)


def test_json_lines_have_the_names_of_the_columns(tmp_path: Path) -> None:
    word = '{"Word": "lull", "definition": "A short time of quiet.", "pos": "noun", "date": null}'
    supply = fetch_lines(tmp_path, "", word, part=Part.WORD)
    assert supply.feature == Word(
        word="lull", definition="A short time of quiet.", pos="noun", pos_raw="noun"
    )
    assert supply.origin == "features.jsonl, line 2"


def test_a_dated_line_wins_on_its_date(tmp_path: Path) -> None:
    lines = ('{"text": "A snail can sleep."}', '{"text": "This very day.", "date": "2027-03-09"}')
    assert text_of(fetch_lines(tmp_path, *lines)) == "This very day."
    assert fetch_lines(tmp_path, *lines).own


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"text": "A snail', "line 1, Unterminated string"),
        ('["A snail can sleep."]', "line 1, is no object in braces"),
        ('{"text": 7}', "line 1, “text” is no text"),
        ('{"author": "Orla"}', "line 1, no text"),
        ("[" * 100_000, "line 1, "),
    ],
)
def test_a_line_that_cannot_be_used_is_passed_over_and_named(
    tmp_path: Path, line: str, fault: str
) -> None:
    supply = fetch_lines(tmp_path, line, '{"text": "A snail can sleep."}')
    assert text_of(supply) == "A snail can sleep."
    assert fault in supply.origin


@given(st.text(max_size=60))
def test_no_text_makes_a_table_raise_anything_but_a_source_error(folder: Path, text: str) -> None:
    for name in ("any.csv", "any.jsonl"):
        (folder / name).write_text(text, encoding="utf-8", newline="")
        options = SourceOptions(options={"file": name}, root=folder, part=Part.FACT)
        with suppress(SourceError):
            make(options).fetch(Part.FACT, DAY)
