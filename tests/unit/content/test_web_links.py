"""Links out of the web lose what tracks their readers, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.web.links import link, link_key, without_tracking

SITE = "https://quay.example/tide"


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("?utm_source=a", ""),
        ("?utm_source=a#top", "#top"),
        ("?a=1&utm_source=b&c=2", "?a=1&c=2"),
        ("?utm_source=b&c=2", "?c=2"),
        ("?a=%E4&fbclid=x&b=+%20&b=2&&c&d=&=e;f", "?a=%E4&b=+%20&b=2&&c&d=&=e;f"),
        ("?a=1;utm_medium=x;b=2", "?a=1;b=2"),
        ("?a=1&amp;utm_source=x&amp;b=2", "?a=1&amp;b=2"),
        ("?UTM_Campaign&GCLID=1", ""),
        ("?_hsenc=1&_hsmi=2&mkt_tok=3&oly_enc_id=4&oly_anon_id=5&vero_id=6&x=7", "?x=7"),
        ("?gbraid=1&wbraid=2&msclkid=3&mc_cid=4&mc_eid=5&igshid=6&yclid=7&dclid=8&x", "?x"),
        ("?ref_src=a&ref=b&source=c", "?ref=b&source=c"),
        ("?to=https://pier.example/?utm_source=a", "?to=https://pier.example/?utm_source=a"),
        ("?my_utm_source=1&utm=2&gclids=3", "?my_utm_source=1&utm=2&gclids=3"),
        ("?", "?"),
        ("#?utm_source=a", "#?utm_source=a"),
    ],
)
def test_tracking_is_cut_out_and_the_rest_stays(query: str, left: str) -> None:
    assert link(SITE + query) == SITE + left


_PIECES = st.lists(
    st.sampled_from(["a=1", "a=%E4", "b", "c=", "=d", "", "e=+", "f=%20"]), max_size=6
)


@given(_PIECES, st.integers(0, 6))
def test_a_query_is_what_it_was_before_somebody_tracked_it(pieces: list[str], at: int) -> None:
    clean = f"{SITE}?{'&'.join(pieces)}" if pieces else SITE
    tracked = f"{SITE}?{'&'.join([*pieces[:at], 'utm_source=x', *pieces[at:]])}"
    assert without_tracking(tracked) == (SITE if clean == f"{SITE}?" else clean)


def test_the_key_of_a_link_is_what_it_always_was() -> None:
    assert link_key("http://www.Quay.example/tide/?a=1&ref=x&b=%20&utm_source=y#z") == (
        "quay.example/tide?a=1&b=+"
    )
    assert link_key("mailto:ida@quay.example") == ""
