"""What stands above the first paragraph: navigation, headline, who wrote it and when."""

from __future__ import annotations

import pytest

from newsletter.content.pasted import NOTHING_LEARNED, Page, Site, parse_page
from newsletter.content.pasted.bylines import read_byline
from newsletter.content.pasted.model import Role
from tests.support.page import PARAGRAPHS, read

HEADLINE = "Ferry Returns to the Quay"


def lead(*lines: str, publication: str = "") -> tuple[str | None, str | None]:
    """Read lines above two paragraphs; return headline and byline."""
    page = parse_page("\n".join((*lines, *PARAGRAPHS)), site=Site(publication=publication))
    return page.headline, page.stories[0].byline


def reasons(page: Page) -> dict[str, str]:
    return {one.text: one.reason for one in page.left_out}


@pytest.mark.parametrize(
    "above",
    [
        ("Skip to content", "Menu", "Home", "Weather", "Sport"),
        ("Home > News > Harbour",),
        ("News | Sport | Weather",),
        ("The Harbour Times", "Search", "Subscribe", "Sign in"),
        ("Inicio", "Buscar", "Deportes"),
        ("Startseite", "Politik", "Anmelden"),
        ("Tuesday, March 4, 2031", "Weather", "12°"),
        ("Ada Marsh", "Mar 3", "2 min read"),
        ("●", "● Weather"),
    ],
)
def test_short_lines_above_the_headline_are_navigation(above: tuple[str, ...]) -> None:
    page = read(*above, HEADLINE, *PARAGRAPHS)
    assert page.headline == HEADLINE
    assert page.stories[0].paragraphs == PARAGRAPHS
    assert len(page.stories) == 1
    byline = {"Ada Marsh"} & set(above)
    assert {one.text for one in page.left_out} == {*above} - byline


@pytest.mark.parametrize(
    "below",
    [
        "March 3, 2031", "Mar 3", "3 March", "2031-03-03", "03/03/2031", "3 days ago", "Yesterday",
        "Updated: Mar 4", "Published March 3, 2031 at 7:00 AM", "Last updated on 3 March 2031",
        "5 min read", "Reading time: 5 minutes", "Mar 3, 2031 · 4 min read", "1,204 views",
        "3. März 2031", "Montag, 3. März 2031", "4 Min. Lesezeit", "Aktualisiert: 04.03.2031",
        "3 de marzo de 2031", "hace 2 días", "4 min de lectura", "3 mars 2031", "il y a 2 heures",
        "4 min de lecture", "3 marzo 2031", "2 giorni fa", "3 maart 2031", "3 de março de 2031",
        "Share", "Share on Facebook", "Teilen", "Partager",
    ],
)  # fmt: skip
def test_dates_reading_times_and_buttons_are_no_headline(below: str) -> None:
    page = read("Weather", HEADLINE, below, *PARAGRAPHS)
    assert (page.headline, page.stories[0].paragraphs) == (HEADLINE, PARAGRAPHS)
    assert reasons(page)[below]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Writer: Ada Marsh", "Ada Marsh"),
        ("By Ada Marsh", "Ada Marsh"),
        ("by Ada Marsh and Ben Reed", "Ada Marsh and Ben Reed"),
        ("Words by Ada Marsh", "Ada Marsh"),
        ("Text: Ada van der Marsh", "Ada van der Marsh"),
        ("By Ada Marsh, Harbour Correspondent", "Ada Marsh"),
        ("By Ada Marsh | March 3, 2031", "Ada Marsh"),
        ("Writer: Ada Marsh (ada@brief.example.org)", "Ada Marsh"),
        ("Writer: Ada Marsh ada@brief.example.org", "Ada Marsh"),
        ("By O’Brien", "O’Brien"),
        ("Ada Marsh | March 3, 2031", "Ada Marsh"),
        ("March 3, 2031 3:50am | Ada Marsh", "Ada Marsh"),
        ("Ada Marsh · 5 min read", "Ada Marsh"),
        ("Posted on March 3, 2031 by Ada Marsh", "Ada Marsh"),
        ("By Ada Marsh on March 3, 2031", "Ada Marsh"),
        ("Von Ada Marsh", "Ada Marsh"),
        ("Autorin: Ada Marsh", "Ada Marsh"),
        ("Par Zoë Łódź", "Zoë Łódź"),
        ("Escrito por Ada Marsh", "Ada Marsh"),
        ("Di Ada Marsh", "Ada Marsh"),
        ("Door Ada Marsh", "Ada Marsh"),
        ("מאת: נועה לוי", "נועה לוי"),
    ],
)
def test_who_wrote_it_is_the_byline(line: str, name: str) -> None:
    assert lead(HEADLINE, line) == (HEADLINE, name)
    assert lead("Weather", line, HEADLINE) == (HEADLINE, name)
    below = read("Weather", HEADLINE, *PARAGRAPHS, line)
    found = read_byline(line)
    if found is not None and found.is_labelled:
        assert below.stories[0].byline == name
    else:
        assert below.stories[0].paragraphs == (*PARAGRAPHS, line)


@pytest.mark.parametrize("line", ["Writer: ada@brief.example.org", "By ada@brief.example.org"])
def test_an_address_is_never_a_byline(line: str) -> None:
    assert lead(HEADLINE, line) == (HEADLINE, None)
    assert reasons(read(HEADLINE, line, *PARAGRAPHS))[line] == "an e-mail address is no byline"


@pytest.mark.parametrize(
    "line",
    [
        "By the water stands a house that nobody has seen open.",
        "Text: the council meets on Monday, and the mayor speaks first.",
        "By Monday the ferry was back, and Ada Marsh was at the wheel again.",
        "Date palms are planted at the quay.",
    ],
)
def test_a_sentence_is_no_byline_and_no_date(line: str) -> None:
    page = read(HEADLINE, line, *PARAGRAPHS)
    assert page.stories[0].paragraphs == (line, *PARAGRAPHS)


def test_a_name_above_the_date_is_the_byline() -> None:
    assert lead(HEADLINE, "Ada Marsh", "Follow", "5 min read", "·", "Mar 3, 2031") == (
        HEADLINE,
        "Ada Marsh",
    )
    assert lead("Ada Marsh", "Mar 3", HEADLINE) == (HEADLINE, "Ada Marsh")
    assert lead("Weather", "Ferry Returns", "Mar 3") == ("Ferry Returns", None)


def test_counters_and_buttons_below_the_date_are_no_headline() -> None:
    below = ("Ada Marsh", "Ada Marsh", "·", "Mar 3, 2031", "12", "3", "Listen", "Save", "Gift")
    assert lead("Open in app", "Write", HEADLINE, *below) == (HEADLINE, "Ada Marsh")
    page = read("Open in app", "Write", HEADLINE, *below, *PARAGRAPHS)
    assert page.stories[0].paragraphs == PARAGRAPHS


def test_what_plug_ins_write_below_a_post_is_left_out() -> None:
    below = (
        "Share this:",
        "Click to share on Facebook (Opens in new window)",
        "Like this:",
        "Loading…",
        "Posted in Boats",
        "Tagged ferry, quay",
        "Previous Post: Old Mill Sold",
        "Leave a Reply",
    )
    page = read(HEADLINE, *PARAGRAPHS, *below)
    assert page.stories[0].paragraphs == PARAGRAPHS
    assert [one.text for one in page.left_out] == [*below]
    kept = "Posted in the harbour, the letter took a week to come."
    assert read(HEADLINE, *PARAGRAPHS, kept).stories[0].paragraphs[-1] == kept


def test_a_second_byline_is_left_out_with_its_reason() -> None:
    page = read(HEADLINE, "By Ada Marsh", *PARAGRAPHS, "Writer: Ben Reed")
    assert page.stories[0].byline == "Ada Marsh"
    assert reasons(page) == {"Writer: Ben Reed": "the story has its byline already"}


def test_the_publications_name_is_no_headline() -> None:
    assert lead(HEADLINE, "The Harbour Times", publication="the harbour times")[0] == HEADLINE
    page = parse_page(
        "\n".join(("The Harbour Times", *PARAGRAPHS)), site=Site(publication="The Harbour Times")
    )
    assert page.headline is None
    assert page.stories[0].paragraphs == PARAGRAPHS


def test_a_line_that_comes_twice_is_the_headline() -> None:
    assert lead("News", HEADLINE, "Weather", HEADLINE, "A boat is back")[0] == HEADLINE
    assert lead("Weather", "News", "Weather", HEADLINE)[0] == HEADLINE


def test_a_long_headline_is_no_navigation() -> None:
    long = "The Ferry That Was Away All Winter Returns to the Quay on a Monday Morning"
    page = read("Weather", long, "A subtitle", *PARAGRAPHS)
    assert page.headline == long
    assert page.stories[0].paragraphs == ("A subtitle", *PARAGRAPHS)
    question = "Will the ferry return to the quay before the summer is over?"
    assert lead("Weather", question)[0] == question


def test_a_subtitle_below_the_first_line_is_text() -> None:
    subtitle = "A winter in the yard is over"
    for above in ((), ("top of page",)):
        page = read(*above, HEADLINE, subtitle, "By Ada Marsh", "Mar 3, 2031", *PARAGRAPHS)
        assert (page.headline, page.stories[0].byline) == (HEADLINE, "Ada Marsh")
        assert page.stories[0].paragraphs == (subtitle, *PARAGRAPHS)
    assert lead("Weather", HEADLINE)[0] == HEADLINE
    assert lead("Menu", "News From the Harbour", HEADLINE)[0] == HEADLINE


def test_contents_below_a_date_give_the_headline() -> None:
    page = read("Menu", "Weather", "Tuesday, March 4", "Contents:", "● Ferry Is Back", *PARAGRAPHS)
    assert (page.date_label, page.headline) == ("Tuesday, March 4", "Ferry Is Back")
    assert page.contents == ("Ferry Is Back",)
    page = read(
        "Tuesday, March 4",
        "Contents:",
        "Ferry Is Back",
        "Bakers Meet",
        "Ferry Is Back",
        *PARAGRAPHS,
        "Bakers Meet",
        *PARAGRAPHS,
    )
    assert [story.headline for story in page.stories] == ["Ferry Is Back", "Bakers Meet"]


def test_short_sentences_at_the_beginning_are_text() -> None:
    page = read("Weather", HEADLINE, "It is back.", "Nobody had thought so.", *PARAGRAPHS)
    assert page.headline == HEADLINE
    assert page.stories[0].paragraphs[:2] == ("It is back.", "Nobody had thought so.")
    page = read(HEADLINE, "It was cold on the water.", "What comes next", *PARAGRAPHS)
    assert [story.headline for story in page.stories] == [HEADLINE, "What comes next"]


def test_other_stories_have_bylines_and_dates_of_their_own() -> None:
    page = read(HEADLINE, *PARAGRAPHS, "Bakers Meet", "By Ben Reed", "March 3, 2031", *PARAGRAPHS)
    assert [(story.headline, story.byline) for story in page.stories] == [
        (HEADLINE, None),
        ("Bakers Meet", "Ben Reed"),
    ]
    assert page.stories[1].paragraphs == PARAGRAPHS


@pytest.mark.parametrize(
    "heading", ["Related posts", "You may also like", "Recent Posts", "Read next", "Leggi anche"]
)
def test_other_posts_below_the_text_are_left_out(heading: str) -> None:
    below = (heading, "See All", "Old Mill Sold", "12", "New Bus Lane Opens", "0 comments")
    page = read(HEADLINE, *PARAGRAPHS, *below)
    assert page.stories[0].paragraphs == PARAGRAPHS
    assert [one.text for one in page.left_out] == [*below]
    page = read(HEADLINE, *PARAGRAPHS, *below, "Bakers Meet", "By Ben Reed", *PARAGRAPHS)
    assert [story.headline for story in page.stories] == [HEADLINE, "Bakers Meet"]


def test_a_sign_up_form_and_the_footer_are_left_out() -> None:
    form = ("Join our mailing list", "Enter your email", "Email*", "Thanks for submitting!")
    footer = (
        "Terms & Conditions",
        "Privacy Policy",
        "© 2031 by The Harbour Times.",
        "Powered by Wix",
    )
    page = read(HEADLINE, *PARAGRAPHS, "Photo: The ferry at the quay", *form, *footer)
    assert page.stories[0].paragraphs == PARAGRAPHS
    assert set(reasons(page).values()) == {
        "a picture's caption",
        "a sign-up form",
        "the site's footer",
    }


def test_roles_tell_navigation_from_furniture() -> None:
    page = parse_page("\n".join(("Menu", "Weather", HEADLINE, *PARAGRAPHS)), site=NOTHING_LEARNED)
    assert [line.role for line in page.lines][:3] == [
        Role.LEFT_OUT,
        Role.NAVIGATION,
        Role.HEADLINE,
    ]


@pytest.mark.parametrize(
    "line",
    [
        "PUBLISHED: March 3, 2031 at 8:59 pm | UPDATED: March 3, 2031 at 10:16 pm",
        "Updated 1909 GMT (0309 HKT) March 3, 2031",
        "Published 11:11 PM EST Mar 3, 2031",
        "Monday 3 March 2031 11:42, UK",
        "Mon 3 Mar 2031 18.54 GMT Last modified on Mon 3 Mar 2031 18.56 GMT",
        "3 March 2031 • 1:16pm",
        "2031-03-03T20:51:19Z",
    ],
)
def test_a_line_of_moments_is_no_headline(line: str) -> None:
    assert lead("Weather", HEADLINE, line) == (HEADLINE, None)


@pytest.mark.parametrize(
    "line",
    [
        "By Ada Marsh Updated Mar 3, 2031, 10:28am EST",
        "By Ada Marsh March 3, 2031, 07:47 PM EST",
        "By Ada Marsh - March 3, 2031 at 2:26 PM HST",
    ],
)
def test_a_name_is_read_before_the_moment_on_its_line(line: str) -> None:
    assert lead(HEADLINE, line) == (HEADLINE, "Ada Marsh")


@pytest.mark.parametrize(
    "line",
    [
        "Facebook Twitter Email LinkedIn Reddit",
        "Share this on WhatsApp",
        "Print this article",
        "Back to Gallery",
        "Follow Ada Marsh on Twitter",
    ],
)
def test_a_row_of_buttons_is_no_headline(line: str) -> None:
    page = read("Weather", HEADLINE, line, *PARAGRAPHS)
    assert (page.headline, page.stories[0].paragraphs) == (HEADLINE, PARAGRAPHS)
    assert reasons(page)[line] == "a share button"
