"""Tokens: nobody can guess one, and those that are made together lie together."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from newsletter.storage.tokens import LEAD, LENGTH, new_tokens


def test_a_token_is_safe_in_an_address_and_no_other_is_like_it() -> None:
    found = list(islice(new_tokens(), 20_000))
    assert len(set(found)) == len(found)
    assert len({token[LEAD:] for token in found}) == len(found)  # random without the counter too
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) for token in found)
    assert {len(token) for token in found} == {LENGTH}


def test_each_random_character_is_any_of_sixty_four() -> None:
    found = list(islice(new_tokens(), 5_000))
    for place in range(LEAD, LENGTH):
        assert len({token[place] for token in found}) == 64


def test_tokens_lie_together_in_the_order_they_are_made_in() -> None:
    leads = [
        token[:LEAD] for token in islice(new_tokens(lambda size: (b"\0\7" * size)[:size]), 12_288)
    ]
    assert leads == sorted(leads)
    assert len(set(leads)) == 3


def test_the_counter_goes_round() -> None:
    # 4095 is the last one, so the first is behind it.
    leads = [
        token[:LEAD]
        for token in islice(new_tokens(lambda size: (b"\x0f\xff" * size)[:size]), 8_192)
    ]
    assert sorted(set(leads)) == ["--", "zz"]
    assert leads[0] == "zz"


def test_two_lists_begin_anywhere() -> None:
    assert len({next(new_tokens())[:LEAD] for _ in range(50)}) > 10


def test_threads_that_come_at_once_have_one_each() -> None:
    usual = sys.getswitchinterval()
    tokens = new_tokens()
    sys.setswitchinterval(1e-6)  # threads take turns within a token
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: list(islice(tokens, 5_000)), range(4)))
    finally:
        sys.setswitchinterval(usual)
    assert len({token for some in found for token in some}) == 20_000
