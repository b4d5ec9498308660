"""The check `text-agrees` reads addresses in the text part as a person would."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsletter.message.check import Checked
from newsletter.message.checks import text_agrees
from tests.support.checked import good


def with_address(address: str, printed: str) -> Checked:
    """Return the good message with a link in its HTML, and its address in the text part."""
    html = good().html.replace("</h1>", f'</h1><p><a href="{address}">a link</a></p>')
    return replace(good(), html=html, text=f"{good().text}\n{printed}\n")


@pytest.mark.parametrize(
    "address",
    [
        "https://quay.example/Tide_(moon)",
        "https://quay.example/Tide_(moon)_(sea)",
        "https://quay.example/Tide_((moon)",
        "https://quay.example/Tide)",
        "https://quay.example/Tide[2]",
        "https://quay.example/Harbour_Inc.",
        "https://quay.example/Whose_boat?",
        "https://quay.example/a(b.",
    ],
)
@pytest.mark.parametrize("around", ["{}", "See {}.", "({})", "a quay ({}).", "[{}]", "“{}”!"])
def test_an_address_is_found_with_and_without_what_stands_around_it(
    address: str, around: str
) -> None:
    checked = with_address(address, around.format(address))
    assert list(text_agrees.check(checked)) == []


@pytest.mark.parametrize(
    "printed", ["(https://quay.example/Tide_(sun))", "https://quay.example/a."]
)
def test_an_address_that_only_the_text_has_is_told_as_a_person_would_read_it(printed: str) -> None:
    checked = with_address("https://quay.example/a(b)", f"https://quay.example/a(b) {printed}")
    (fault,) = text_agrees.check(checked)
    assert fault.place is not None
    assert fault.place.excerpt in {"https://quay.example/Tide_(sun)", "https://quay.example/a"}
