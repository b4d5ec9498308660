"""Any order of joining, confirming, leaving and coming back, beside a model of who is a member."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.app import App
from newsletter.core.reader_links import ReaderLink
from newsletter.storage.single_mail_table import single_mail
from newsletter.storage.site.tables import departure, prompted_mail, signup
from newsletter.storage.tables import consent, state_change, subscriber, suppression
from tests.support.examples import examples
from tests.support.site import Browser, client, fill_in, mails, open_app

PEOPLE = ("anna@example.org", "bert@example.org")
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(
                ["join", "link", "button", "digits", "wrong", "leave", "one-click", "undo", "scan"]
            ),
            st.sampled_from(PEOPLE),
        ),
        st.tuples(st.sampled_from(["day", "hour"]), st.just("")),
        st.tuples(st.sampled_from(["bounce", "complain"]), st.sampled_from(PEOPLE)),
    ),
    min_size=4,
    max_size=14,
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = open_app(tmp_path_factory.mktemp("site") / "p")
    yield opened
    opened.close()


class Model:
    """Who is a member, who may be written to, and what the site has to agree with."""

    def __init__(self, app: App, site: Browser) -> None:
        self.app, self.site = app, site
        self.members: set[str] = set()
        self.barred: set[str] = set()
        self.browsers = {one: client(app, base=site) for one in PEOPLE}
        self.stranger = client(app, base=site, address="198.51.100.1")

    def do(self, step: str, who: str) -> None:
        if step in {"day", "hour"}:
            self.app.clock.sleep(timedelta(hours=25 if step == "day" else 1).total_seconds())
            return
        getattr(self, f"do_{step.replace('-', '_')}")(who)

    def latest(self, who: str, begins: str) -> str | None:
        links = [
            link
            for mail in mails(self.app)
            if mail.to == who
            for link in mail.links
            if link.startswith(begins)
        ]
        return links[-1] if links else None

    def is_waiting(self, who: str) -> bool:
        """Say whether the row of an address can be confirmed."""
        with self.app.database.read() as connection:
            row = connection.execute(sa.select(signup).where(signup.c.canonical == who)).first()
        return (
            row is not None
            and row.kind == "confirm"
            and row.expires_at > self.app.clock.now()
            and who not in self.barred
        )

    def do_join(self, who: str) -> None:
        answer = fill_in(self.browsers[who], self.app, who)
        assert (answer.status_code, answer.headers["location"]) == (303, "/join/check")

    def do_link(self, who: str) -> None:
        link, waiting = self.latest(who, "/join/"), self.is_waiting(who)
        if link is None:
            return
        told = self.browsers[who].get(link)
        if waiting and "You are in" in told.text:
            self.members.add(who)
        assert not waiting or told.status_code in {200, 404}

    def do_button(self, who: str) -> None:
        link, waiting = self.latest(who, "/join/"), self.is_waiting(who)
        if link is not None and self.stranger.post(link).status_code == 200 and waiting:
            self.members.add(who)

    def do_digits(self, who: str) -> None:
        written = [mail for mail in mails(self.app) if mail.to == who and "/join/" in mail.text]
        waiting = self.is_waiting(who)
        if not written:
            return
        told = self.browsers[who].post("/join/check", data={"digits": written[-1].digits})
        if waiting and told.status_code == 303 and told.headers["location"] != "/join":
            self.members.add(who)

    def do_wrong(self, who: str) -> None:
        self.browsers[who].post("/join/check", data={"digits": "12345"})
        self.stranger.post("/join/check", data={"digits": "123456"})

    def do_leave(self, who: str) -> None:
        self._leave(who, "/leave")

    def do_one_click(self, who: str) -> None:
        self._leave(who, "")

    def _leave(self, who: str, behind: str) -> None:
        found = self.app.subscribers.find(who)
        if found is not None:
            day = date(2026, 3, 2)
            link = ReaderLink(found.token, day).text
            assert self.stranger.post(f"/u/{link}{behind}").status_code == 200
            self.members.discard(who)

    def do_undo(self, who: str) -> None:
        link = self.latest(who, "/u/undo/")
        if link is None:
            return
        told = self.stranger.post(link)
        came_back = told.status_code == 200 and "You are back" in told.text
        found = self.app.subscribers.find(who)
        if came_back and found is not None and found.state == "active":
            self.members.add(who)

    def do_scan(self, who: str) -> None:
        for mail in mails(self.app):
            for link in mail.links:
                if mail.to == who:
                    self.stranger.get(link)
                    self.stranger.head(link)

    def do_bounce(self, who: str) -> None:
        self.app.subscribers.suppress(who, reason="bounced", now=self.app.clock.now())
        self.barred.add(who)

    def do_complain(self, who: str) -> None:
        self.do_bounce(who)

    def check(self) -> None:
        found = {one.canonical for one in self.app.subscribers.everyone() if one.state == "active"}
        assert found == self.members
        times: dict[str, list[object]] = {}
        with self.app.database.read() as connection:
            for row in connection.execute(sa.select(prompted_mail).order_by(prompted_mail.c.at)):
                times.setdefault(row.canonical, []).append(row.at)
        for moments in times.values():
            gaps = [later - earlier for earlier, later in pairwise(moments)]  # type: ignore[operator]
            assert all(gap >= timedelta(days=1) for gap in gaps)  # one a day


@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_who_is_a_member_is_who_said_so_last(
    app: App, site: Browser, steps: list[tuple[str, str]]
) -> None:
    empty(app)
    model = Model(app, site)
    for step, who in steps:
        model.do(step, who)
        model.check()


@pytest.fixture(scope="module")
def site(app: App) -> Browser:
    return client(app)


def empty(app: App) -> None:
    """Take everybody off."""
    tables = (departure, signup, prompted_mail, single_mail, consent, state_change, suppression)
    with app.database.write() as connection:
        for table in (*tables, subscriber):
            connection.execute(sa.delete(table))
