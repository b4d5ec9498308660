"""Wherever an address enters, it becomes what mail can carry."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from newsletter.content.edition_fields import EditionTable
from newsletter.content.source import SourceOptions
from newsletter.content.sources import markdown, table
from newsletter.content.validity import cleaned, problem_with
from newsletter.core.config.settings import load
from newsletter.core.errors import ConfigError
from newsletter.core.model import Credit, Fact, Image, Part, Quote, Story, Supply

DAY = date(2026, 3, 1)
WRITTEN = "https://fähre.example/Kür (1)?ü#ß"
CARRIED = "https://xn--fhre-loa.example/K%C3%BCr%20(1)?%C3%BC#%C3%9F"


def test_what_any_source_supplies_is_carried() -> None:
    image = Image(url=WRITTEN, alt="A ferry", credit="Ida Quay")
    story = Story(headline="A ferry", paragraphs=("It goes.",), link=WRITTEN, image=image)
    supply = cleaned(Supply(stories=(story,)))
    assert supply.stories[0].link == CARRIED
    assert supply.stories[0].image is not None
    assert supply.stories[0].image.url == CARRIED
    quote = cleaned(Quote(text="A ferry goes twice.", source=Credit(WRITTEN, WRITTEN)))
    assert quote.source == Credit(WRITTEN, CARRIED)


def test_what_cannot_be_carried_is_told_as_it_was_written() -> None:
    fact = Fact(text="A ferry goes both ways.", source=Credit("Quay", "ferry.example/a b"))
    supply = cleaned(Supply(feature=fact))
    assert "ferry.example/a b" in str(problem_with(Part.FACT, supply))


def test_an_editors_own_addresses_are_carried() -> None:
    story = {"headline": "A", "text": "B", "link": f" {WRITTEN}\n"}
    image = {"url": WRITTEN, "alt": "A ferry", "credit": "Ida Quay"}
    fact = {"text": "A", "source": "B", "source_url": WRITTEN}
    read = EditionTable.model_validate({"stories": [story | {"image": image}], "fact": fact})
    assert read.stories[0].link == CARRIED
    assert read.stories[0].image is not None
    assert read.stories[0].image.url == CARRIED
    assert read.fact is not None
    assert read.fact.source_url == CARRIED


@pytest.mark.parametrize(
    "link", ["ferry.example", "ftp://ferry.example/", "https://i:d@ferry.example"]
)
def test_an_editor_is_told_of_an_address_that_cannot_be_carried(link: str) -> None:
    with pytest.raises(ValueError, match="must be an address that begins with https://"):
        EditionTable.model_validate({"stories": [{"headline": "A", "text": "B", "link": link}]})


def test_front_matter_and_tables_are_carried(tmp_path: Path) -> None:
    (tmp_path / "content" / "stories").mkdir(parents=True)
    draft = tmp_path / "content" / "stories" / "2026-03-01-ferry.md"
    draft.write_text(f'+++\ntitle = "A ferry"\nlink = "{WRITTEN}"\n+++\n\nIt goes.\n', "utf-8")
    given = SourceOptions(options={}, root=tmp_path, part=Part.STORY)
    story = cleaned(markdown.make(given).fetch(Part.STORY, DAY)).stories[0]
    assert story.link == CARRIED
    rows = f'text,source,source_url\nA ferry goes both ways.,Quay,"{WRITTEN}"\n'
    (tmp_path / "content" / "facts.csv").write_text(rows, "utf-8")
    given = SourceOptions(options={}, root=tmp_path, part=Part.FACT)
    fact = table.make(given).fetch(Part.FACT, DAY).feature
    assert isinstance(fact, Fact)
    assert fact.source == Credit("Quay", CARRIED)


def settings_with(root: Path, **urls: str) -> str:
    lines = [
        "[publication]",
        'name = "Ferry"',
        f'url = "{urls["url"]}"',
        'postal_address = "Quay 1"',
    ]
    lines += ["[publication.sender]", 'name = "Ida"', 'email = "ida@ferry.example"']
    lines += ["[media]", f'url = "{urls["media"]}"', "[template]", f'web_edition = "{urls["web"]}"']
    (root / "config.toml").write_text("\n".join(lines), "utf-8")
    return str(root)


def test_addresses_of_the_configuration_are_carried(tmp_path: Path) -> None:
    settings_with(
        tmp_path,
        url="https://fähre.example/",
        media="HTTPS://fähre.example/Bilder für alle/",
        web="https://fähre.example/für/{date}/",
    )
    settings = load(tmp_path, {})
    assert settings.publication.url == "https://xn--fhre-loa.example"
    assert settings.media.url == "https://xn--fhre-loa.example/Bilder%20f%C3%BCr%20alle"
    assert settings.template.web_edition == "https://xn--fhre-loa.example/f%C3%BCr/{date}"


@pytest.mark.parametrize(
    "url", ["http://ferry.example", "https://", "ferry.example", "https://a b.c"]
)
def test_settings_that_are_no_secure_addresses_are_refused(tmp_path: Path, url: str) -> None:
    good = "https://ferry.example"
    settings_with(tmp_path, url=good, media=url, web=f"{good}/{{date}}")
    with pytest.raises(ConfigError):
        load(tmp_path, {})
