"""`newsletter subscribers`: suppressing, adding, listing, and a list for each publication."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.subscribers import write
from tests.support.subscribers_command import Command, folder, subscribers

__all__ = ["folder", "subscribers"]  # fixtures


def test_a_file_of_bounces_is_suppressed_at_once(subscribers: Command, folder: Path) -> None:
    text = "status,reason,email,created\n5.1.1,no,ann@example.org,1\n,,broken,1\n,,ANN@example.org,"
    file = write(folder, text, name="bounces.csv")
    assert "suppress --from bounces.csv" in subscribers("import", file).err
    done = subscribers("suppress", "--from", file, "--json").document
    assert (done["suppressed"], done["already"], done["refused"]) == (1, 0, 1)
    again = subscribers("suppress", "--from", file)
    assert again.code == 3
    people = write(folder, "email\nann@example.org\nben@example.org\n", name="people.csv")
    report = subscribers("import", people, "--json").document
    assert (report["new"], report["suppressed"]) == (1, 1)


@pytest.mark.parametrize(
    "words", [(), ("a@example.org", "--from", "x.csv"), ("--from", "x", "--lift")]
)
def test_suppressing_takes_an_address_or_a_file(subscribers: Command, words: tuple) -> None:
    assert subscribers("suppress", *words).code == 2


def test_adding_somebody_known_says_what_changed(subscribers: Command) -> None:
    subscribers("add", "ann@example.org", "--zone", "Europe/Riga", "--tag", "vip")
    told = subscribers(
        *("add", "ann@example.org", "--zone", "Europe/Oslo", "--tag", "press", "--json")
    ).document
    assert (told["added"], told["zone"], told["attributes"]) == (
        False,
        "Europe/Oslo",
        {"tags": "vip, press"},
    )
    assert told["changed"] == {
        "zone": {"before": "Europe/Riga", "after": "Europe/Oslo"},
        "attributes.tags": {"before": "vip", "after": "vip, press"},
    }
    people = subscribers("add", "ann@example.org", "--name", "Ann [Ozola]")
    assert (people.code, "Changed: name: — → Ann [Ozola]" in people.out) == (0, True)
    assert subscribers("add", "ann@example.org", "--zone", "Europe/Oslo").code == 3
    subscribers("remove", "ann@example.org")
    assert subscribers("add", "ann@example.org", "--name", "Other").code == 4
    assert subscribers("show", "ann@example.org", "--json").document["name"] == "Ann [Ozola]"


def test_the_list_is_shown_by_filters_and_in_pages(subscribers: Command) -> None:
    for name, tag in (("ann", "vip"), ("ben", "press"), ("cleo", "vip")):
        subscribers("add", f"{name}@example.org", "--name", name.title(), "--tag", tag)
    subscribers("remove", "cleo@example.org")
    first = subscribers("list", "--limit", "2")
    assert (first.code, "3 subscribers" in first.out, "cleo@" in first.out) == (0, True, False)
    assert "--page 2 shows the next of 2 pages" in first.err
    second = subscribers("list", "--limit", "2", "--page", "2", "--json").document
    assert [second[name] for name in ("subscribers", "page", "limit")] == [3, 2, 2]
    assert [one["address"] for one in second["list"]] == ["cleo@example.org"]
    found = subscribers("list", "--tag", "VIP", "--state", "active", "--limit", "0", "--json")
    assert [one["name"] for one in found.document["list"]] == ["Ann"]
    nobody = subscribers("list", "--search", "zoe", "--json")
    assert (nobody.code, nobody.document) == (
        3,
        {"subscribers": 0, "page": 1, "limit": 50, "list": []},
    )
    assert subscribers("list", "--since", "soon").code == 2
    assert subscribers("list", "--state", "happy").code == 2
    assert "none on this page" in subscribers("list", "--page", "9").out


def test_two_publications_in_one_database_have_a_list_each(
    subscribers: Command, folder: Path
) -> None:
    config = folder / "config.toml"
    other = folder / "evening.toml"
    other.write_text(
        config.read_text(encoding="utf-8").replace("[publication]", '[publication]\nid = "evening"')
    )
    pair = write(folder, "email,name\neve@reader.example,Eve\nian@reader.example,Ian\n")
    assert subscribers("import", pair, "--yes").code == 0
    assert subscribers("stats", "--config", other, "--json").document["total"] == 0
    assert subscribers("import", pair, "--yes", "--config", other, "--json").document["new"] == 2
    subscribers("remove", "eve@reader.example", "--config", other)
    assert subscribers("show", "eve@reader.example", "--json").document["state"] == "active"
    subscribers("suppress", "ian@reader.example")
    assert subscribers("stats", "--config", other, "--json").document["suppressed"] == 0
    everywhere = subscribers(
        "suppress", "ian@reader.example", "--everywhere", "--config", other, "--json"
    )
    assert everywhere.document == {
        "suppression": "ian@reader.example",
        "suppressed": True,
        "everywhere": True,
    }
    held = subscribers("suppress", "ian@reader.example", "--lift", "--config", other)
    assert (held.code, "Add --everywhere to lift that." in held.err) == (3, True)
    still = subscribers("suppress", "ian@reader.example", "--lift", "--json")
    assert (still.code, still.document["suppressed"]) == (0, True)
