"""A picture is taken from wherever its address is, or left out with the true reason."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.content.source import Picture
from newsletter.content.web import story_pictures
from newsletter.content.web.picture_elements import (
    address_of,
    best_of_set,
    is_tracker,
    refusal_of,
    size_of,
)
from newsletter.content.web.story_pictures import Found, chosen, in_html
from newsletter.core.errors import SourceError
from newsletter.core.model import LeftOut


def usable(html: str, *, base: str) -> tuple[Found, ...]:
    return tuple(one for one in in_html(html, base=base) if not one.refusal)


def refused(html: str, *, base: str) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(one.url, one.refusal) for one in in_html(html, base=base) if one.refusal)


BASE = "https://quay.example/news/"
DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
BOAT = f"{BASE}boat.jpg"


@pytest.mark.parametrize(
    "attributes",
    [
        {"src": "boat.jpg"},
        {"src": DOT, "data-src": "boat.jpg"},
        {"src": "tiny.jpg", "data-src": "boat.jpg"},
        {"data-lazy-src": "boat.jpg", "src": "blank.gif"},
        {"data-original": "/news/boat.jpg"},
        {"data-original": "4711", "src": "boat.jpg"},
        {"data-src": DOT, "src": "boat.jpg"},
        {"src": DOT, "data-srcset": "small.jpg 320w, boat.jpg 1280w, huge.jpg 4000w"},
        {"srcset": "boat.jpg 1600w, less.jpg 1300w, huge.jpg 1601w", "src": "small.jpg"},
        {"srcset": "huge.jpg 4000w,boat.jpg 2000w,small.jpg 800w"},
        {"srcset": "small.jpg 320w, boat.jpg 1024w"},
        {"srcset": "thumb.jpg 150w, other.jpg 300w", "src": "boat.jpg"},
        {"srcset": "small.jpg, boat.jpg 2x, huge.jpg 3x"},
        {"srcset": f"{DOT} 1600w, boat.jpg 900w"},
        {"srcset": " , boat.jpg , "},
    ],
)
def test_the_address_of_a_picture_is_found(attributes: dict[str, str]) -> None:
    assert address_of(attributes, base=BASE) == BOAT


@pytest.mark.parametrize("attributes", [{}, {"src": " "}, {"src": DOT}, {"src": "blob:x"}])
def test_a_picture_without_an_address_has_none(attributes: dict[str, str]) -> None:
    assert address_of(attributes, base=BASE) is None


def test_commas_may_stand_in_the_addresses_of_a_set() -> None:
    found = best_of_set("/w_600,h_400/boat.jpg 600w, /w_1400,h_900/boat.jpg 1400w", base=BASE)
    assert found is not None
    assert found.url == "https://quay.example/w_1400,h_900/boat.jpg"


def test_a_source_or_noscript_stands_in_where_the_picture_has_no_address() -> None:
    sources = [
        {"type": "image/avif", "srcset": "boat.avif 1400w"},
        {"type": "image/jpeg", "srcset": "boat.jpg 1400w"},
    ]
    assert address_of({"src": DOT}, base=BASE, sources=sources) == BOAT
    assert address_of({"src": "own.jpg"}, base=BASE, sources=sources) == f"{BASE}own.jpg"
    assert address_of({"src": DOT}, base=BASE, sources=sources[:1]) == f"{BASE}boat.avif"
    noscript = '<p><img src="boat.jpg" alt="x"></p>'
    assert address_of({"src": DOT}, base=BASE, noscript=noscript) == BOAT


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ({"width": "640", "height": " 480px "}, (640, 480)),
        ({"width": "100%", "height": "auto"}, (0, 0)),
        ({"width": "33.3"}, (33, 0)),
        ({"style": "max-width: 100px; WIDTH:640px;height : 2px !important"}, (640, 2)),
        ({"style": "width:50%; height: 10em"}, (0, 0)),
        ({"width": "100%", "style": "width: 500px"}, (500, 0)),
        ({"width": "16", "height": "9"}, (0, 0)),
        ({"width": "-5", "height": "9999999"}, (0, 0)),
    ],
)
def test_only_pixels_are_a_size(attributes: dict[str, str], size: tuple[int, int]) -> None:
    assert size_of(attributes) == size


@pytest.mark.parametrize(
    ("url", "attributes"),
    [
        ("https://quay.example/a.jpg", {"width": "1", "height": "1"}),
        ("https://quay.example/a.jpg", {"width": "0"}),
        ("https://quay.example/a.jpg", {"height": "2"}),
        ("https://quay.example/a.jpg", {"style": "width:1px;height:1px"}),
        ("https://ad.doubleclick.net/x.jpg", {}),
        ("https://feeds.feedburner.com/~r/quay/~4/x", {}),
        ("https://www.facebook.com/tr?id=1", {}),
        ("https://quay.example/matomo.php?idsite=1", {}),
        ("https://quay.example/pixel.gif", {}),
        ("https://quay.example/pixel?x=1", {}),
    ],
)
def test_a_tracker_is_known_by_what_it_is(url: str, attributes: dict[str, str]) -> None:
    assert is_tracker(url, attributes)


@pytest.mark.parametrize(
    "path",
    [
        "google-pixel-10.jpg", "pixel.jpg", "pixel/10-pro.webp", "bullet-tracker.png",
        "emoji/new.jpg", "avatar-premiere.jpg", "smiley-face-cake.jpg", "spacer-block.jpg",
        "blank.gift.jpg",
        "doubleclick.net.jpg", "count/dracula.jpg", "facebook.com/tr/a.jpg",
        "placeholder-park.jpg",
    ],
)  # fmt: skip
def test_a_picture_is_not_refused_for_letters_in_its_name(path: str) -> None:
    assert refusal_of(f"https://quay.example/{path}", {"width": "100%"}) == ""
    assert refusal_of(f"https://quay.example/{path}", {"width": "570", "height": "0"}) == ""


@pytest.mark.parametrize(
    ("url", "attributes", "reason"),
    [
        (
            "https://quay.example/a.jpg",
            {"width": "299"},
            "it is shown only 299 pixels wide; 300 is",
        ),
        ("https://quay.example/a.png", {"class": "wp-smiley x"}, "it is an emoji"),
        ("https://quay.example/a.png", {"class": "Avatar photo"}, "it is an avatar"),
        ("https://secure.gravatar.com/a/1?s=600", {}, "it is an avatar"),
        ("https://s.w.org/images/core/emoji/a.png", {}, "it is an emoji"),
        ("https://quay.example/placeholder.png", {}, "it is empty"),
        ("https://cdn.example/w_900,e_blur:1000/a.jpg", {}, "it is a blurred one"),
        ("https://quay.example/a.gif", {"height": "1"}, "it only counts readers"),
        (
            "https://quay.example/a.gif",
            {"width": "464", "height": "2"},
            "it is shown only 2 pixels h",
        ),
    ],
)
def test_a_picture_is_refused_for_the_true_reason(
    url: str, attributes: dict[str, str], reason: str
) -> None:
    assert refusal_of(url, attributes).startswith(reason)


PAGE = f"""
<figure><img src="{DOT}" data-src="boat.jpg" class="lazy"><noscript><img src="boat.jpg"
 alt="A boat"></noscript><figcaption>Photo: Ida Quay</figcaption></figure>
<picture><source type="image/webp" srcset="pier.webp"><img src="{DOT}" alt="A pier"></picture>
<noscript><img height="1" width="1" style="display:none" src="https://www.facebook.com/tr?id=1"></noscript>
<img src="crest.png" width="90" alt="The crest"><img src="boat.jpg" alt="again">
"""


def test_the_pictures_of_a_page_are_taken_or_told() -> None:
    assert usable(PAGE, base=BASE) == (
        Found(url=BOAT, alt="A boat", credit="Ida Quay"),
        Found(url=f"{BASE}pier.webp", alt="A pier"),
    )
    assert refused(PAGE, base=BASE) == (
        LeftOut(text="https://www.facebook.com/tr?id=1", reason="it only counts readers"),
        LeftOut(
            text=f"{BASE}crest.png", reason="it is shown only 90 pixels wide; 300 is the least"
        ),
    )


def taking(url: str) -> Picture:
    """Take a picture, unless it is gone."""
    if "gone" in url:
        raise SourceError(f"{url} answered 404.")
    return Picture(url=url, width=640, height=480)


def test_one_picture_is_taken_and_every_other_is_told() -> None:
    found = (
        Found(url="https://quay.example/bare.jpg"),
        Found(url="https://quay.example/gone.jpg", alt="A"),
        Found(url="https://quay.example/dot.gif", refusal="it only counts readers"),
        Found(url="https://quay.example/boat.jpg", alt="A boat"),
        Found(url="https://quay.example/boat.jpg", alt="again", credit="Ida Quay"),
        Found(url="https://quay.example/pier.jpg", alt="A pier"),
    )
    result = chosen(found, credit="The Quay", picture=taking)
    assert result.image is not None
    assert (result.image.url, result.image.credit) == ("https://quay.example/boat.jpg", "Ida Quay")
    assert result.lack == ""
    assert [(one.text.rpartition("/")[2], one.reason) for one in result.left_out] == [
        ("bare.jpg", "it has no alternative text"),
        ("gone.jpg", "https://quay.example/gone.jpg answered 404"),
        ("dot.gif", "it only counts readers"),
        ("pier.jpg", "a story has one picture, and another one came before it"),
    ]


def test_without_a_picture_the_first_one_says_why() -> None:
    gone = Found(url="https://quay.example/gone.jpg", alt="A")
    result = chosen((gone, Found(url="https://quay.example/b.jpg")), credit="x", picture=taking)
    assert result.lack == "no image: https://quay.example/gone.jpg answered 404"
    emoji = Found(url="https://quay.example/b.jpg", refusal="it is an emoji")
    assert chosen((emoji,), credit="x", picture=taking).lack == "no image: the source names none"
    small = Found(url="https://quay.example/c.jpg", refusal="it is shown only 90 pixels wide")
    assert chosen((emoji, small), credit="x", picture=taking).lack == (
        "no image: it is shown only 90 pixels wide"
    )
    assert chosen((), credit="x", picture=taking).lack == "no image: the source names none"


def test_the_name_of_a_file_is_no_alternative_text() -> None:
    found = (Found(url="https://quay.example/b.jpg", alt="IMG 4711 (2).JPG"),)
    assert chosen(found, credit="x", picture=taking).lack == "no image: it has no alternative text"


def test_a_picture_inside_the_page_is_told_unless_it_only_keeps_a_place() -> None:
    inline = "data:image/png;base64," + "A" * 3000
    page = f'<img src="{inline}"><img src="{DOT}"><img src="cid:7" alt="A chart">'
    page += f'<img src="{DOT}" alt="A boat"><noscript><img src="boat.jpg" alt="A boat"></noscript>'
    assert [(one.text[:9], one.reason) for one in refused(page, base=BASE)] == [
        ("data:imag", "it has no web address"),
        ("cid:7", "it has no web address"),
    ]
    assert [one.url for one in usable(page, base=BASE)] == [BOAT]


def test_not_every_picture_of_a_long_page_is_asked_for() -> None:
    asked: list[str] = []

    def gone(url: str) -> Picture:
        asked.append(url)
        raise SourceError("It is gone.")

    many = [Found(url=f"https://quay.example/{n}.jpg", alt="x") for n in range(50)]
    result = chosen(many, credit="x", picture=gone)
    assert len(asked) == 8
    assert len(result.left_out) == 50
    assert result.left_out[-1].reason.startswith("8 pictures before it could not be used")


@given(st.text(alphabet="a,() \t0123456789wx./\n", max_size=60))
@example("//0")  # another host, in four numbers written as one
def test_any_set_of_sizes_can_be_read(srcset: str) -> None:
    found = best_of_set(srcset, base=BASE)
    assert found is None or found.url.startswith("https://")
    assert found is None or "//" in srcset or found.url.startswith("https://quay.example/")


@given(st.dictionaries(st.sampled_from(["src", "srcset", "data-src", "width", "style"]), st.text()))
def test_any_attributes_can_be_read(attributes: dict[str, str]) -> None:
    url = address_of(attributes, base=BASE)
    assert url is None or isinstance(refusal_of(url, attributes), str)
    assert story_pictures.number(attributes.get("width")) >= 0
