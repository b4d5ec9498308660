"""What is parsed at all: markup that was built to keep a parser busy is refused, pages are not."""

from contextlib import suppress

import pytest

from newsletter.content.budget import Limits, refuse
from newsletter.core.errors import SourceError

HTML = "<!doctype html><html><head><title>The harbour</title></head><body>{}</body></html>"


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("x" * 10_000_001, "10,000,001 characters long"),
        ("<i>" * 60_000, "more than 50,000 tags"),
        ("<p " + "a=b " * 3_000 + ">", "a tag of more than 2,500 attributes"),
        ("<p " + 'a="b c"' * 3_000 + ">", "a tag of more than 2,500 attributes"),
        ("<p " + "a " * 3_000, "a tag of more than 2,500 attributes"),
        ("<p " + "a/" * 3_000, "a tag of more than 2,500 attributes"),
        ("<p\n" + "\n".join(f"data-{n}='{n}'" for n in range(100_000)) + "/>", "2,500 attributes"),
        (("<p " + "a=b " * 500 + ">") * 200, "too many tags with hundreds of attributes"),
        ("<div>" * 700, "700 elements inside each other"),
        ("<DIV\n/>" * 700, "700 elements inside each other"),
        ("<div><!-- </div> --></p></b>" * 700, "700 elements inside each other"),
        ('<div title="</div>">' * 700, "700 elements inside each other"),
        ("<ul><li>" * 700, "700 elements inside each other"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("write", [str, str.encode, lambda text: text.encode("utf-16")])
def test_what_keeps_a_parser_busy_is_refused_with_the_true_reason(markup, said, write):
    document = write(HTML.format(markup) if "characters" not in said else markup)
    if isinstance(document, bytes) and "characters" in said and len(document) != 10_000_001:
        said = "characters long"
    with pytest.raises(SourceError) as caught:
        refuse(document, name="https://example.org/a")
    assert caught.value.what.startswith("https://example.org/a ")
    assert said in caught.value.what


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<p>It rains.</p>" * 15_000,
        "<p>A paragraph without its end." * 20_000,
        "<table>" + "<tr><td>1<td>2" * 10_000 + "</table>",
        "<br/>" * 20_000,
        "<svg>" + '<g/><path d="M 1 2"/>' * 5_000 + "</svg>",
        '<p class="' + "one two " * 10_000 + '">',
        "<p title='" + "it = that > this " * 10_000 + "'>",
        "<p title=it's>" + "<b>it's</b> " * 5_000,
        "<script>" + "if (a <b && c >d) { e = '<div>' + f + '<\\/div>'; }" * 3_000 + "</script>",
        "<!-- " + "<div a b c " * 20_000 + "-->",
        "5 < 6 " * 40_000,
        "&lt;div&gt;" * 60_000,
    ],
)  # fmt: skip
def test_what_people_publish_is_read(markup):
    refuse(HTML.format(markup), name="It")
    refuse(HTML.format(markup).encode(), name="It")


def test_a_feed_closes_its_elements_in_the_tag():
    feed = "<?xml version='1.0'?><rss><channel>" + "<item><a href='/1'/></item>" * 5_000
    refuse(feed + "</channel></rss>", name="It")


def test_limits_are_the_callers():
    with pytest.raises(SourceError, match="more than 3 tags"):
        refuse("<p>1<p>2<p>3<p>4", name="It", limits=Limits(tags=3))
    refuse("<p>1<p>2<p>3", name="It", limits=Limits(tags=3))


@pytest.mark.parametrize(
    "markup", ["<", "<!--", "<!-- -", "<a", "<a b", "<a b=", "<a b='", '<a ="', "\0", "\udc80"]
)  # fmt: skip
def test_what_has_no_end_is_no_fault(markup):
    refuse(markup, name="It")


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a '", '<a b="', "<p ='", "<!-", "--", "= ", "<a b = ", "</", "<\\/a"]
)  # fmt: skip
def test_measuring_itself_takes_no_time_that_grows_with_the_square(piece):
    """Two megabytes: with a square in it this would take hours, and end by the time limit."""
    with suppress(SourceError):
        refuse("<p " + piece * (2_000_000 // len(piece)), name="It")
