"""What is said of a file that is brought in."""

from __future__ import annotations

import pytest

from newsletter.web.desk.bringing_in import answered
from newsletter.web.desk.bringing_in_page import Shelf, file_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("members.csv", "members.csv"),
        ("C:\\Lists\\unsubscribed.csv", "unsubscribed.csv"),
        ("../../etc/passwd", "passwd"),
        ("..", "list.csv"),
        ("", "list.csv"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("ö" * 200 + ".csv", "ö" * 58 + ".csv"),
    ],
)
def test_a_name_is_one_that_a_folder_can_have(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_answers_are_of_columns_and_an_empty_one_takes_back() -> None:
    form = {"column-0": "Ort", "is-0": "ignore", "column-1": "Newsletter", "is-1": "opt-out"}
    known = answered(form, {})
    assert known == {"Ort": "ignore", "Newsletter": "opt-out"}
    of_file = {"column-1": "file name", "is-1": "pending"}
    assert answered(of_file, {}) == {"file name": "pending"}
    assert answered({"column-0": "Ort", "is-0": ""}, known) == {"Newsletter": "opt-out"}
    assert answered({"column-0": "Ort", "is-0": "nonsense", "is-5": "name"}, known) == known
    assert answered({"column-7": "X"}, known) == known
    of_word = {"column-0": "Status: K", "is-0": "unsubscribed"}
    assert answered(of_word, {"Status": "words"}) == {"Status": "words"} | {
        "Status: K": "unsubscribed"
    }


def test_the_shelf_forgets_the_oldest() -> None:
    shelf = Shelf()
    put = [shelf.put(f"list-{number}.csv") for number in range(9)]
    for _key, path in put[3:]:
        path.touch()
    found = [shelf.find(key).path for key, _ in put[3:]]
    assert [path.name for path in found] == [f"list-{number}.csv" for number in range(3, 9)]
    assert not put[0][1].parent.exists()
