"""A column in which everybody is in order is looked at once, and never passes who would not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model.recipients import Lines, Recipients, Wrapped
from newsletter.core.reader_links import around_token
from newsletter.delivery.providers import _recipients

BASE = "https://brief.example.org"
BEFORE, AFTER = around_token(BASE, date(2026, 3, 2))
PEOPLE = 1000
PARTS = st.text("ab-_.0/<, é", max_size=6)


def of_everybody(urls):
    return Recipients(
        positions=range(1, PEOPLE + 1),
        addresses=Lines("\n".join(f"reader{n}@d{n % 50}.example.org" for n in range(PEOPLE))),
        names=Lines("\n".join(f"Zoë {n}" for n in range(PEOPLE))),
        unsubscribe_urls=urls,
        substitutions={"-name-": Lines("\n".join(f"Reader {n}" for n in range(PEOPLE)))},
    )


TOKENS = Lines("\n".join(f"{n:022x}" for n in range(PEOPLE)))
WHOLE = Wrapped(BEFORE, TOKENS, AFTER)


@pytest.mark.parametrize("urls", [WHOLE, Lines(WHOLE.text), list(WHOLE)], ids=type)
def test_nobody_in_order_is_looked_at_by_himself(urls, monkeypatch):
    for one in ("_address", "_name", "_value", "_unsubscribe"):
        monkeypatch.setattr(_recipients, one, lambda text: pytest.fail(f"{text} by itself"))
    assert AFTER, "the mail that a reader left by is named behind the token"
    assert _recipients.problems(of_everybody(urls)) == {}


@given(
    before=st.sampled_from([BEFORE, "http://x.example.org/", "https://", ""]) | PARTS,
    tokens=st.lists(PARTS, min_size=1, max_size=3),
    after=st.sampled_from([AFTER, ""]) | PARTS,
)
def test_a_column_passes_only_where_each_value_passes(before, tokens, after):
    column = Wrapped(before, Lines("\n".join(tokens)), after)
    for form in (column, Lines(column.text), list(column)):
        if _recipients._are_unsubscribe_addresses(form):
            assert [_recipients._unsubscribe(url) for url in form] == [None] * len(tokens)
