"""The Outlook view: what Word prints of a mail, and nothing of what it only reads."""

from __future__ import annotations

import pytest

from newsletter.message.clients.outlook import uncovered

SETTINGS = (
    "<!--[if gte mso 9]>\n<xml>\n<o:OfficeDocumentSettings><o:AllowPNG/>"
    "<o:PixelsPerInch>120</o:PixelsPerInch></o:OfficeDocumentSettings>\n</xml>\n<![endif]-->"
)


def test_words_settings_are_not_printed_and_lines_stay_lines():
    seen = uncovered(f"<head>\n{SETTINGS}\n</head>\n<p>Good morning</p>")
    assert "120" not in seen
    assert "<p>Good morning</p>" in seen
    assert seen.count("\n") == SETTINGS.count("\n") + 3


@pytest.mark.parametrize(
    ("condition", "is_read"),
    [
        ("mso", True),
        ("mso | IE", True),
        ("(gte mso 9)|(IE)", True),
        ("gte mso 16", True),
        ("lte mso 11", False),
        ("lt mso 12", False),
        ("mso 11", False),
    ],
)
def test_what_is_for_outlooks_before_2007_alone_stays_covered(condition, is_read):
    seen = uncovered(f"<!--[if {condition}]><td><![endif]-->")
    assert (seen == "<td>") is is_read
