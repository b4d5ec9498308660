"""Which request meets which fault, what the answer is then, and what a fault file may say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import ConfigError
from newsletter.sandbox.fault_answers import headers_of, made_up
from newsletter.sandbox.fault_file import PARAMETERS, load
from newsletter.sandbox.faults import KINDS, FaultPlan, Pace, Reply, Rule, Which, choose
from newsletter.sandbox.ratelimit import Budget
from tests.support.sandbox import NOW, make_body

PATH = "/v3/mail/send"
numbers = st.integers(min_value=1, max_value=10_000)


def chosen(rule: Rule, count: int = 12, *, path: str = PATH) -> list[int]:
    """The request numbers, of the first `count`, that meet the rule."""
    return [n for n in range(1, count + 1) if choose([rule], path=path, number=n) is not None]


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        (Rule(fault="close"), list(range(1, 13))),
        (Rule(fault="close", requests=(2, 5)), [2, 5]),
        (Rule(fault="close", start=10), [10, 11, 12]),
        (Rule(fault="close", every=4), [4, 8, 12]),
        (Rule(fault="close", start=3, every=4), [3, 7, 11]),
        (Rule(fault="close", share=0.0), []),
        (Rule(fault="close", share=1.0), list(range(1, 13))),
        (Rule(fault="close", path="/v3/mail/batch"), []),
        (Rule(fault="close", path="*", requests=(1,)), [1]),
    ],
)
def test_a_rule_meets_the_requests_it_selects(rule: Rule, met: list[int]) -> None:
    assert chosen(rule) == met


@given(seed=st.integers(), share=st.floats(min_value=0, max_value=1), number=numbers)
def test_the_same_seed_and_number_always_choose_alike(seed: int, share: float, number: int) -> None:
    rule = Rule(fault="close", seed=seed, share=share)

    assert choose([rule], path=PATH, number=number) == choose([rule], path=PATH, number=number)


@given(seed=st.integers(), low=st.floats(min_value=0, max_value=1), number=numbers)
def test_a_larger_share_keeps_every_request_of_a_smaller_one(
    seed: int, low: float, number: int
) -> None:
    fewer, more = (Rule(fault="close", seed=seed, share=s) for s in (low, (low + 1) / 2))

    if choose([fewer], path=PATH, number=number) is not None:
        assert choose([more], path=PATH, number=number) is not None


def test_a_share_is_about_as_large_as_it_says() -> None:
    met = chosen(Rule(fault="close", seed=3, share=0.25), 4000)

    assert 900 < len(met) < 1100


def test_two_seeds_choose_differently() -> None:
    assert chosen(Rule(fault="close", seed=1, share=0.5), 64) != chosen(
        Rule(fault="close", seed=2, share=0.5), 64
    )


def test_the_first_rule_that_matches_wins() -> None:
    rules = [Rule(fault="slow", requests=(2,)), Rule(fault="close")]

    assert [choose(rules, path=PATH, number=n) for n in (1, 2, 3)] == [1, 0, 1]


def test_a_spent_rule_leaves_the_request_to_the_next_one() -> None:
    rules = [Rule(fault="throttle", times=2), Rule(fault="close", requests=(3,))]
    plan = FaultPlan(rules)

    met = [plan.draw(PATH, plan.number(PATH)) for _ in range(4)]

    assert [rule.fault if rule else None for rule in met] == ["throttle", "throttle", "close", None]


def test_requests_are_counted_on_each_path_of_its_own() -> None:
    plan = FaultPlan()

    assert [plan.number(path) for path in ("/a", "/b", "/a")] == [1, 1, 2]


def test_a_rule_for_an_address_waits_until_the_recipients_are_known() -> None:
    plan = FaultPlan([Rule(fault="refuse-recipient", address=("Ann@Example.org",))])

    assert plan.draw(PATH, 1) is None
    assert plan.draw(PATH, 1, {"bob@example.org"}) is None
    assert plan.draw(PATH, 1, {"bob@example.org", "ann@example.org"}) is not None


@pytest.mark.parametrize(
    ("rule", "accepts"),
    [
        (Rule(fault="slow"), True),
        (Rule(fault="lost"), True),
        (Rule(fault="dribble"), True),
        (Rule(fault="lost", accept=False), False),
        (Rule(fault="status"), False),
        (Rule(fault="status", accept=True), True),
        (Rule(fault="reset-after-body"), False),
        (Rule(fault="reset-after-body", accept=True), True),
    ],
)
def test_only_faults_of_the_answer_take_the_mail_unless_told(rule: Rule, accepts: bool) -> None:
    assert rule.accepts is accepts


# --- the answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "start"), [("json", b'{"errors":'), ("html", b"<html>"), ("empty", b"")]
)
def test_a_status_comes_with_the_body_that_was_asked_for(kind: Any, start: bytes) -> None:
    answer = made_up(Rule(fault="status", status=503, body=kind), {})

    assert answer is not None
    assert answer.status == 503
    assert answer.body.startswith(start)
    assert bool(answer.body) is bool(start)


def test_a_refused_recipient_is_named_by_its_place() -> None:
    rule = Rule(fault="refuse-recipient", address=("READER2@example.org",))

    answer = made_up(rule, make_body(4))

    assert answer is not None
    (error,) = json.loads(answer.body)["errors"]
    assert error["field"] == "personalizations.2.to.0.email"


def test_a_refused_recipient_is_found_in_copies_and_beside_nonsense() -> None:
    rule = Rule(fault="refuse-recipient", address=("cc@example.org",))
    blocks: list[Any] = [None, {"to": 5}, {"to": ["x"], "cc": [{"email": "CC@example.org"}]}]

    answer = made_up(rule, {"personalizations": blocks})

    assert answer is not None
    assert [error["field"] for error in json.loads(answer.body)["errors"]] == [
        "personalizations.2.cc.0.email"
    ]


def test_a_throttle_says_when_its_window_ends() -> None:
    budget = Budget(limit=600, remaining=599, reset=0, allowed=True)

    told = dict(headers_of(Rule(fault="throttle", reset=7, retry_after="3"), budget, now=NOW))

    assert told == {
        "X-RateLimit-Limit": "600",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(NOW) + 7),
        "Retry-After": "3",
    }


# --- the file ----------------------------------------------------------------------------------


def write(folder: Path, text: str) -> Path:
    file = folder / "faults.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_gives_its_rules_in_order(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """
        [[rule]]
        fault = "status"
        requests = [2, 5]
        status = 503
        body = "html"
        headers = { Retry-After = "3" }

        [[rule]]
        fault = "throttle"
        from = 7
        every = 2
        times = 1
        reset = 4
        retry_after = 2

        [[rule]]
        fault = "refuse-recipient"
        address = "ann@example.org"
        """,
    )

    assert load(file) == (
        Rule(
            fault="status",
            requests=(2, 5),
            status=503,
            body="html",
            headers={"Retry-After": "3"},
        ),
        Rule(fault="throttle", start=7, every=2, times=1, reset=4, retry_after="2"),
        Rule(fault="refuse-recipient", address=("ann@example.org",)),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_can_be_asked_for_by_name(tmp_path: Path, kind: str) -> None:
    address = 'address = "ann@example.org"' if kind == "refuse-recipient" else ""

    (rule,) = load(write(tmp_path, f'[[rule]]\nfault = "{kind}"\n{address}'))

    assert rule.fault == kind


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[[rule]\n", "not valid TOML"),
        ("", "[[rule]]"),
        ("rule = 5", "[[rule]]"),
        ('fault = "close"', "[[rule]]"),
        ("[[rule]]\nstatus = 500", "`fault` is missing"),
        ('[[rule]]\nfault = "explode"', "one of status, throttle"),
        ('[[rule]]\nfault = ["close"]', "one of status, throttle"),
        ('[[rule]]\nfault = "close"\nseconds = 3', "`seconds` does not belong"),
        ('[[rule]]\nfault = "close"\nrequests = [0]', "`requests` must be"),
        ('[[rule]]\nfault = "close"\nrequests = [true]', "`requests` must be"),
        ('[[rule]]\nfault = "close"\nevery = 0', "`every` must be"),
        ('[[rule]]\nfault = "close"\nseed = 1', "`seed` and `share` belong together"),
        ('[[rule]]\nfault = "close"\nseed = 1\nshare = 2', "`share` must be"),
        ('[[rule]]\nfault = "close"\nseed = 1\nshare = true', "`share` must be"),
        ('[[rule]]\nfault = "status"\nstatus = 99', "`status` must be"),
        ('[[rule]]\nfault = "status"\nheaders = { A = 5 }', "`headers` must be"),
        ('[[rule]]\nfault = "status"\nheaders = { A = "x\\r\\ny" }', "`headers` must be"),
        ('[[rule]]\nfault = "slow"\nseconds = -1', "`seconds` must be"),
        ('[[rule]]\nfault = "refuse-recipient"', "needs `address`"),
        ('[[rule]]\nfault = "close"\n[[rule]]\nfault = "slow"\nsecs = 1', "rule 2"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_what_is_allowed(
    tmp_path: Path, text: str, part: str
) -> None:
    file = write(tmp_path, text)

    with pytest.raises(ConfigError) as caught:
        load(file)

    assert str(file) in caught.value.what
    assert part in caught.value.what


def test_a_misspelt_key_is_answered_with_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, '[[rule]]\nfault = "slow"\nsecond = 3'))

    assert "Did you mean `seconds`?" in caught.value.hint


def test_the_guide_names_every_fault_and_its_example_works(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    example = guide.partition("```toml\n")[2].partition("```")[0]

    assert [rule.fault for rule in load(write(tmp_path, example))] == [
        "status",
        "throttle",
        "reset-after-body",
    ]
    for kind, parameters in PARAMETERS.items():
        row = guide.partition(f"| `{kind}` |")[2].partition("\n")[0]
        assert all(f"`{name}`" in row for name in parameters)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml cannot be read"):
        load(tmp_path / "none.toml")


def test_a_rule_has_the_keys_of_a_fault_file_and_no_other() -> None:
    rule = Rule(fault="slow", seconds=2, requests=(3,), remaining=0, accept=False)
    assert (rule.which, rule.reply, rule.pace) == (
        Which(requests=(3,)),
        Reply(remaining=0),
        Pace(seconds=2),
    )
    assert not rule.accepts
    with pytest.raises(TypeError, match="secs"):
        Rule(fault="slow", secs=2)
