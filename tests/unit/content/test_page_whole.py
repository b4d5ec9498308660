"""Whole pages of any site as text: menus above, teasers below, one story between."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.pasted import NOTHING_LEARNED, Page, Saying, Site, as_said, parse_page
from newsletter.content.pasted.learned import LearnedLine, Meaning
from newsletter.content.pasted.sayings import What, meant
from newsletter.core.model import Story
from tests.support.examples import examples

MENU = ("News", "Sport", "Weather", "Culture", "Opinion", "Podcasts", "Jobs", "Shop")
COOKIES = (
    "We and our partners use cookies to store what we need on your device, and you may say no.",
    "Accept all",
)
HEADLINE = "Ferry to the outer islands sails again"
STORY = (
    "The ferry Marigold left the eastern pier at seven this morning with forty passengers.",
    (
        "Its engines were taken out, cleaned and put back by the yard at Northcliff, which needed "
        "three weeks longer than it had said it would."
    ),
    (
        "From Monday on the ferry makes six crossings a day, and the last boat from the outer "
        "islands leaves at a quarter past nine in the evening."
    ),
)
BELOW = (
    "More from News",
    "School choir wins the northern prize",
    "Thirty children sang in four languages and won.",
    "New bakery opens at the quay",
    "Rolls are sold from five in the morning on.",
    "Contact us",
    "Work with us",
    "All our newsletters",
)
LANGUAGES = {
    "de": (
        "Fähre zu den äußeren Inseln fährt wieder",
        "Die Fähre Ringelblume hat heute früh um sieben mit vierzig Gästen am Ostkai abgelegt.",
        (
            "Die Werft hatte für die Maschinen drei Wochen länger gebraucht als angekündigt, und "
            "die Inseln mussten so lange mit dem kleinen Postboot auskommen."
        ),
        "Von Montag an fährt die Fähre sechsmal am Tag zu den Inseln hinaus und wieder zurück.",
    ),
    "he": (
        "המעבורת לאיים הרחוקים שבה להפליג",
        "המעבורת יצאה הבוקר בשבע מן המזח המזרחי ועל סיפונה ארבעים נוסעים, לראשונה מאז דצמבר.",
        (
            "במספנה פירקו את המנועים, ניקו אותם והחזירו אותם למקומם, וזה נמשך שלושה שבועות יותר "
            "ממה שהובטח לתושבי האיים הרחוקים."
        ),
        "מיום שני תפליג המעבורת שש פעמים ביום, והסירה האחרונה תצא מן האיים בתשע ורבע בערב.",
    ),
    "ar": (
        "العبّارة إلى الجزر البعيدة تبحر من جديد",
        "غادرت العبّارة الرصيف الشرقي في السابعة من صباح اليوم وعلى متنها أربعون راكبًا.",
        (
            "وكان عمّال الحوض قد أخرجوا المحرّكات ونظّفوها ثم أعادوها إلى مكانها، واحتاجوا إلى "
            "ثلاثة أسابيع أكثر مما قالوا لأهل الجزر."
        ),
        "وابتداءً من يوم الاثنين تبحر العبّارة ستّ مرات في اليوم إلى الجزر البعيدة ثم تعود.",
    ),
    "ja": (
        "離島へのフェリーが運航を再開",
        "離島へのフェリーが今朝七時に東の桟橋を出た。乗客は四十人で、運航は十二月以来となる。",
        (
            "造船所はエンジンを取り外して洗浄し、元に戻した。作業は予定より三週間長くかかり、島の人々は"
            "その間、小さな郵便船で過ごした。"
        ),
        "月曜日からフェリーは一日に六往復する。離島からの最終便は夜の九時十五分に出る予定である。",
    ),
}


def page(*lines: str, site: Site = NOTHING_LEARNED) -> Page:
    return parse_page("\n".join(lines), site=site)


def whole(headline: str = HEADLINE, story: tuple[str, ...] = STORY, *between: str) -> Page:
    """Read a page with a menu above the story and teasers below."""
    return page(*COOKIES, *MENU, "Home > News > Islands", headline, *between, *story, *BELOW, *MENU)


def test_a_whole_page_is_its_one_story() -> None:
    found = whole()
    assert found.stories == (Story(headline=HEADLINE, paragraphs=STORY),)
    assert not found.unknown
    assert not found.doubtful


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_story_is_found_in_any_script(language: str) -> None:
    headline, *story = LANGUAGES[language]
    found = whole(headline, tuple(story))
    assert found.headline == headline
    assert [one.paragraphs for one in found.stories] == [tuple(story)]


def test_every_line_is_in_the_edition_or_says_why_not() -> None:
    found = whole()
    used = {HEADLINE, *STORY}
    assert all(bool(line.reason) == (line.text not in used) for line in found.lines)
    reasons = {line.text: line.reason for line in found.lines}
    assert "teasers" in reasons["School choir wins the northern prize"]
    assert "menus" in reasons[COOKIES[0]]


def test_subtitle_byline_and_date_are_told_apart_from_the_headline() -> None:
    subtitle = "After eleven weeks in dry dock the Marigold is back."
    found = whole(HEADLINE, STORY, subtitle, "By Ada Marsh", "9 March 2031", "Share")
    assert found.headline == HEADLINE
    assert found.stories[0].paragraphs == (subtitle, *STORY)
    assert found.stories[0].byline == "Ada Marsh"


def test_a_subheading_opens_no_story() -> None:
    found = whole(HEADLINE, (*STORY[:2], "What changes on Monday", STORY[2]))
    assert len(found.stories) == 1
    assert "## What changes on Monday" in found.stories[0].paragraphs


def test_a_list_without_signs_stays_one() -> None:
    items = ("Single crossing four crowns", "Ten crossings thirty crowns", "Bicycles go free")
    found = whole(HEADLINE, (*STORY, *items, STORY[1].replace("three", "two")))
    assert "\n".join(f"- {one}" for one in items) in found.stories[0].paragraphs


def test_a_caption_and_what_slides_repeat_are_left_out() -> None:
    caption = "The Marigold at the eastern pier in the first light of the day. (Photo: Ben Quay)"
    slide = "Passengers wait at the eastern pier for the first boat since December."
    found = whole(HEADLINE, (STORY[0], caption, slide, slide, slide, *STORY[1:]))
    assert found.stories[0].paragraphs == STORY


def test_a_question_is_a_headline_although_it_is_closed() -> None:
    asked = "When does the ferry to the outer islands sail again this spring?"
    assert whole(asked).headline == asked


def test_comments_are_no_part_of_the_story() -> None:
    long = tuple(f"{one} {one}" for one in STORY)
    comment = "I have waited for this boat since the winter, and my bicycle has waited with me."
    found = page(*MENU, HEADLINE, "2 comments", *long, "Comments", comment, comment, *BELOW)
    assert found.stories[0].paragraphs == long


def test_where_two_lines_may_be_the_headline_both_are_named() -> None:
    other = "Ferry crossings to the islands: what passengers say"
    found = page(*MENU, HEADLINE, other, *STORY, *BELOW)
    named = [found.lines[number - 1].text for number in found.doubtful]
    assert sorted(named) == sorted([HEADLINE, other])
    number = next(at for at, line in enumerate(found.lines, 1) if line.text == other)
    said = as_said(found, [Saying(number, What.HEADLINE)])
    assert said.headline == other
    assert not said.doubtful
    assert all("too" not in one.reason for one in meant(found, [Saying(number, What.HEADLINE)]))


def test_what_was_learned_of_the_site_goes_first() -> None:
    learned = (
        LearnedLine(text="Culture", meaning=Meaning.HEADLINE),
        LearnedLine(text=STORY[1], meaning=Meaning.FURNITURE),
    )
    found = page(*MENU, HEADLINE, *STORY, *BELOW, site=Site(lines=learned))
    assert found.headline == "Culture"
    assert STORY[1] not in found.stories[0].paragraphs


def test_a_page_of_the_publications_own_keeps_its_further_stories() -> None:
    fact = "Fact of the Day (Almanac): An octopus has three hearts."
    found = page(*MENU, HEADLINE, STORY[0], "Bakers meet at the quay", STORY[1], fact, *MENU)
    assert [one.headline for one in found.stories] == [HEADLINE, "Bakers meet at the quay"]


@settings(max_examples=examples(40))
@given(
    above=st.lists(st.sampled_from([*MENU, *COOKIES, "9 March 2031", "Log in"]), max_size=12),
    below=st.lists(st.sampled_from([*BELOW, *MENU]), max_size=20),
)
def test_whatever_stands_around_it_is_never_printed(above: list[str], below: list[str]) -> None:
    found = page(*MENU, *above, HEADLINE, *STORY, "Most read", *below, *BELOW)
    assert found.stories == (Story(headline=HEADLINE, paragraphs=STORY),)
