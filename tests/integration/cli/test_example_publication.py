"""The repository's own root is a publication that works, and every piece of its content counts."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from newsletter.content.chain import assemble
from newsletter.content.edition import completeness
from newsletter.content.pasted import parse_page
from newsletter.content.source import Home, SourceOptions
from newsletter.content.sources import markdown, table
from newsletter.content.validity import problem_with
from newsletter.core.config import settings as config_settings
from newsletter.core.config.settings import Settings
from newsletter.core.model import Edition, Part, Story, Supply

ROOT = Path(__file__).parents[3]
CONTENT = ROOT / "content"
NOW = datetime(2027, 3, 9, 5, 30, tzinfo=UTC)
FIRST = date(2027, 1, 1)
STORIES = sorted(path.name for path in (CONTENT / "stories").glob("*.md"))
TABLES = {Part.FACT: "facts.csv", Part.QUOTE: "quotes.csv", Part.WORD: "words.csv"}


@pytest.fixture(scope="module")
def settings() -> Settings:
    return config_settings.load(ROOT, {})


@pytest.fixture(scope="module")
def editions(settings: Settings) -> list[Edition]:
    return [assemble(FIRST + timedelta(days=n), settings, now=NOW) for n in range(60)]


def rows(part: Part) -> list[dict[str, str]]:
    with (CONTENT / TABLES[part]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def story_named(name: str, folder: Path) -> Story:
    """Read one story alone, by its turn."""
    (folder / "only").mkdir()
    for file in (CONTENT / "stories").glob(f"{Path(name).stem}.*"):
        (folder / "only" / file.name).write_bytes(file.read_bytes())
    options = SourceOptions(
        options={"dir": "only", "rotate": True},
        root=folder,
        part=Part.STORY,
        home=Home(media="https://brief.example.org/media"),
    )
    (story,) = markdown.make(options).fetch(Part.STORY, FIRST).stories
    return story


def test_sixty_days_on_end_are_complete(editions: list[Edition]) -> None:
    assert {completeness(edition) for edition in editions} == {"complete"}
    assert all(len(edition.stories) == 1 for edition in editions)


@pytest.mark.parametrize("part", [Part.FACT, Part.QUOTE, Part.WORD])
def test_no_feature_comes_twice_and_each_is_credited_to_its_reference(
    editions: list[Edition], part: Part
) -> None:
    shown = [getattr(edition, part) for edition in editions]
    assert len({getattr(one, "text", None) or one.word for one in shown}) == len(editions)
    assert all(one.source.name for one in shown)
    assert not any("Harbour Brief" in one.source.name for one in shown)
    used = {
        entry.source
        for one in editions
        for entry in one.background.provenance
        if entry.part is part
    }
    assert used == {"library"}


@pytest.mark.parametrize("part", list(TABLES))
def test_no_row_comes_twice_within_as_many_days_as_there_are_rows(
    part: Part, settings: Settings
) -> None:
    source = table.make(SourceOptions(options={}, root=settings.root, part=part))
    count = len(rows(part))
    shown = [source.fetch(part, FIRST + timedelta(days=n)).feature for n in range(60)]
    assert len(set(shown)) == count
    assert all(len(set(shown[n : n + count])) == count for n in range(60 - count))


def test_every_story_has_its_turn_within_as_many_days_as_there_are_stories(
    editions: list[Edition],
) -> None:
    shown = [edition.stories[0].headline for edition in editions]
    assert len(set(shown[: len(STORIES)])) == len(STORIES) >= 5


@pytest.mark.parametrize("name", STORIES)
def test_every_story_is_valid_and_of_a_good_length(name: str, tmp_path: Path) -> None:
    story = story_named(name, tmp_path)
    assert problem_with(Part.STORY, Supply(stories=(story,))) is None
    assert 250 <= len(" ".join(story.paragraphs).split()) <= 400
    assert story.image is not None
    assert story.image.alt
    assert story.image.credit


@pytest.mark.parametrize("part", list(TABLES))
def test_no_row_is_passed_over_and_all_are_credited(part: Part, settings: Settings) -> None:
    options = SourceOptions(options={}, root=settings.root, part=part)
    source = table.make(options)
    count = len(rows(part))
    assert count >= 30
    for n in range(count):
        supply = source.fetch(part, FIRST + timedelta(days=n))
        assert "passed over" not in supply.origin
        assert supply.feature is not None
        assert supply.feature.source is not None


@pytest.mark.parametrize(("part", "heading"), [(Part.FACT, "text"), (Part.WORD, "word")])
def test_no_feature_is_listed_twice(part: Part, heading: str) -> None:
    texts = [row[heading].casefold() for row in rows(part)]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("row", rows(Part.WORD), ids=lambda row: row["word"])
def test_every_word_is_used_in_its_sentence_and_has_all_its_parts(row: dict[str, str]) -> None:
    assert row["pos"] in {"adjective", "noun", "verb"}
    assert re.fullmatch(r"[A-Za-z-]+", row["pronunciation"])
    stem = row["word"].removesuffix("e").removesuffix("y")
    assert re.search(rf"\b{stem}", row["sentence"], re.IGNORECASE)
    assert row["definition"].endswith(".")


def test_every_quote_names_its_author_and_work() -> None:
    assert all(row["author"] and row["source"] for row in rows(Part.QUOTE))


def test_the_pasted_example_has_every_part_and_wins_on_its_date(settings: Settings) -> None:
    (path,) = (CONTENT / "pages").glob("*.txt")
    page = parse_page(path.read_bytes())
    assert (page.missing, page.unknown) == ((), ())
    edition = assemble(date.fromisoformat(path.stem), settings, now=NOW)
    assert {entry.source for entry in edition.background.provenance} == {"page"}
    assert edition.stories[0].headline == page.headline


def test_config_shows_every_key_that_there_is() -> None:
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    for section, keys in _sections().items():
        outer, _, inner = section.partition(".")
        dotted = inner and f"\n[{section}]\n" not in text  # keys like `light.brand`, by example
        table = _table(text, outer if dotted else section)
        for key in [rf"{inner}\.\w+"] if dotted else keys:
            assert re.search(rf"^(?:# )?{key}[ .]", table, re.MULTILINE), f"[{section}] {key}"


def _table(text: str, section: str) -> str:
    return text.partition(f"\n[{section}]\n")[2].partition("\n[")[0]


def test_the_defaults_that_config_shows_are_the_real_ones(
    settings: Settings, tmp_path: Path
) -> None:
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    examples = (
        "skip", "prepare_at", "catch_up", "size-large", "user", "nameplate", "web_edition",
        "daily_cap", "warm_up", "ip_pool_name", "on_behalf_of", "recipients", "events",
        'url = "https://brief', 'url = "https://chat', "logo", "editor", "proof_to", "fallback",
        "holidays", "starts", "also", "voice", "greeting", "sign_off", "email", "command",
        "heartbeat", "script", "site_key", "module",
    )  # fmt: skip
    shown = re.sub(rf"^# (?!{'|'.join(examples)})(?=[\w-]+ = )", "", text, flags=re.MULTILINE)
    assert shown != text
    (tmp_path / "config.toml").write_text(shown, encoding="utf-8")
    assert config_settings.load(tmp_path, {}).model_dump() == settings.model_dump()


def test_the_examples_that_config_shows_are_valid(tmp_path: Path) -> None:
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    shown = re.sub(r"^# (?=[\w-]+ = )", "", text, flags=re.MULTILINE)
    (tmp_path / "config.toml").write_text(shown, encoding="utf-8")
    assert config_settings.load(tmp_path, {}).schedule.skip == (date(2026, 12, 25),)


def _sections(model: type[BaseModel] = Settings, prefix: str = "") -> dict[str, list[str]]:
    """List the keys of each section; a section within one has a name with a dot."""
    found: dict[str, list[str]] = {}
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            sections = _sections(inner, f"{prefix}{name}.")
            found |= {
                f"{prefix}{name}": [
                    key for key in inner.model_fields if f"{prefix}{name}.{key}" not in sections
                ]
            } | sections
    return found
