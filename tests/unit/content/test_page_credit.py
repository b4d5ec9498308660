from __future__ import annotations

import pytest

from newsletter.content.pasted.labels import image_credit


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Image credit to AFP", "AFP"),
        ("Image credits: AFP", "AFP"),
        ("Image credit AFP", "AFP"),
        ("IMAGE CREDIT - AFP", "AFP"),
        ("Photo credit – Ada Reed", "Ada Reed"),
        ("Photo credit by Ada Reed.", "Ada Reed"),
        ("Picture credit of: The Harbour Museum", "The Harbour Museum"),
        ("Photo courtesy of Ada Reed / Harbour Press", "Ada Reed / Harbour Press"),
        ("Image courtesy: Ada Reed", "Ada Reed"),
        ("Photograph courtesy of Ada Reed", "Ada Reed"),
        ("Image source: AFP", "AFP"),
        ("Image Source:AFP", "AFP"),
        ("Picture source — AFP", "AFP"),
        ("Photo by Ada Reed on Postcards", "Ada Reed on Postcards"),
        ("Photograph by Ada Reed", "Ada Reed"),
        ("Credit: AFP", "AFP"),
        ("Credit : AFP", "AFP"),
        ("Credit\uff1aAFP", "AFP"),
        ("(Image credit: AFP)", "AFP"),
        ("(Photo by Ada Reed).", "Ada Reed"),
        ("Image credit to Ada Reed (AFP).", "Ada Reed (AFP)"),
        ("Image credit to Reed & Sons, Inc..", "Reed & Sons, Inc."),
    ],
)
def test_a_credit_is_found_in_every_shape(line: str, name: str) -> None:
    assert image_credit(line) == name


@pytest.mark.parametrize(
    "line",
    [
        "Image credit to",
        "Image credit:",
        "Credit:",
        "Photo by",
        "Credit to the crew",
        "Credit unions grow",
        "Imagery credit to AFP",
        "Images of the harbour",
        "The image credit to AFP was missing.",
        "Photo bystanders took",
        "Image credit to " + "A" * 120,
    ],
)
def test_other_lines_are_no_credit(line: str) -> None:
    assert image_credit(line) is None


def test_a_credit_may_be_as_long_as_120_characters() -> None:
    line = "Credit: " + "A" * 112
    assert image_credit(line) == "A" * 112
    assert image_credit(line + "A") is None
