"""A tag that a whole list gets comes beside the tags somebody has, and never in their place."""

from __future__ import annotations

from pathlib import Path

from newsletter.subscribers.imports import importer
from newsletter.subscribers.imports.importer import tagged
from newsletter.subscribers.model import ImportColumns
from newsletter.subscribers.profile import listed_tags, with_tags


def test_tags_are_listed_once_in_their_order() -> None:
    assert listed_tags(" vip, , fair ") == ["vip", "fair"]
    assert with_tags({"tags": "vip", "town": "Kiel"}, ["fair", "vip"]) == {
        "tags": "vip, fair",
        "town": "Kiel",
    }


def test_every_row_gets_the_tag_and_rows_that_say_the_same_share_one_mapping() -> None:
    same = {"town": "Kiel"}
    people = ImportColumns([1, 2, 3], {"attributes": [same, same, {"tags": "vip"}]})
    first, second, third = tagged(people, ("fair",)).said["attributes"]
    assert first is second
    assert (first["tags"], third["tags"]) == ("fair", "vip, fair")
    bare = tagged(ImportColumns([1, 2], {}), ("fair",)).said["attributes"]
    assert [one["tags"] for one in bare] == ["fair", "fair"]
    assert tagged(people, ()) is people


def test_what_must_be_the_same_for_a_second_command_has_the_tag_only_where_there_is_one(
    tmp_path: Path,
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email\nanna@reader.example.net\n", encoding="utf-8")
    assert "tags" not in importer.prepare(file, mapping={}).options
    assert '"tags": ["fair"]' in importer.prepare(file, mapping={}, tags=("fair",)).options
