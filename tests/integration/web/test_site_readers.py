"""Leave, come back, choose, rate, answer: what the link of a mail does, and never shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from newsletter.app import App
from newsletter.core.model import Frequency, Subscriber
from newsletter.core.reader_links import ReaderLink
from newsletter.storage.site.answers import CommentState, Rating
from newsletter.web.site.application import open_site
from tests.support.site import Browser, client, freeze, mails, member, open_app

DAY = date(2026, 3, 2)
KEY = "k" * 40


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = open_app(tmp_path / "p", NEWSLETTER_SECRET_KEY=KEY)
    freeze(opened, DAY)
    yield opened
    opened.close()


@pytest.fixture
def anna(app: App) -> Subscriber:
    return member(app, "anna@example.org")


def link_of(reader: Subscriber, day: date | None = DAY) -> str:
    return f"/u/{ReaderLink(reader.token, day).text}"


def now_of(app: App, reader: Subscriber) -> Subscriber:
    found = app.subscribers.find(reader.canonical)
    assert found is not None
    return found


class TestLeaving:
    """One post, a page with a button, and the way back."""

    def test_a_provider_posts_once_or_twice_without_a_cookie(
        self, app: App, anna: Subscriber
    ) -> None:
        browser = client(app)
        for _ in range(2):
            answer = browser.post(
                link_of(anna),
                content=b"List-Unsubscribe=One-Click",
                headers={"content-type": "application/x-www-form-urlencoded"},
            )
            assert answer.status_code == 200
            assert "set-cookie" not in answer.headers
        assert now_of(app, anna).state == "unsubscribed"
        [left] = open_site(app).records.departures.of(anna.id)
        assert (left.edition, left.way) == (DAY, "one-click")
        assert [mail.kind for mail in mails(app)] == ["undo"]

    def test_multipart_and_foreign_posts_count_too(self, app: App, anna: Subscriber) -> None:
        answer = client(app).post(
            link_of(anna),
            files={"List-Unsubscribe": (None, "One-Click")},
            headers={"origin": "https://mail.example", "sec-fetch-site": "cross-site"},
        )
        assert answer.status_code == 200
        assert now_of(app, anna).state == "unsubscribed"

    @pytest.mark.parametrize(
        "token", ["nobody", "x" * 22, "x" * 22 + ".abc", "%F0%9F%98%80", "a.b.c"]
    )
    def test_an_unknown_token_is_answered_alike(self, app: App, token: str) -> None:
        assert client(app).post(f"/u/{token}").status_code == 200

    def test_links_without_an_edition_go_on_for_ever(self, app: App, anna: Subscriber) -> None:
        app.clock.sleep(timedelta(days=4000).total_seconds())
        assert client(app).post(link_of(anna, None)).status_code == 200
        assert now_of(app, anna).state == "unsubscribed"

    def test_a_database_that_is_away_asks_to_repeat(
        self, app: App, anna: Subscriber, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from newsletter.core.errors import StorageBusy

        def busy(*_: object, **__: object) -> None:
            raise StorageBusy("locked")

        browser = client(app)
        monkeypatch.setattr(type(app.subscribers), "change", busy)
        assert browser.post(link_of(anna)).status_code == 503
        monkeypatch.undo()
        assert now_of(app, anna).state == "active"

    def test_the_page_never_shows_the_address_and_opening_it_changes_nothing(
        self, app: App, anna: Subscriber
    ) -> None:
        browser = client(app)
        page = browser.get(link_of(anna))
        assert "a•••@e•••.org" in page.text
        assert "anna@example.org" not in page.text
        assert page.headers["referrer-policy"] == "no-referrer"
        assert now_of(app, anna).state == "active"

    def test_leaving_undoing_and_saying_why(self, app: App, anna: Subscriber) -> None:
        browser = client(app)
        left = browser.post(f"{link_of(anna)}/leave")
        assert "You have left" in left.text
        why = re.search(r'action="(/u/why/[^"]+)"', left.text)
        assert why
        browser.post(why[1], data={"reason": "too-often"})
        site = open_site(app)
        assert site.records.departures.of(anna.id)[0].reason == "too-often"
        [mail] = mails(app)
        back = mail.path("/u/undo/")
        assert "Come back?" in browser.get(back).text
        assert now_of(app, anna).state == "unsubscribed"
        assert "You are back" in browser.post(back).text
        assert now_of(app, anna).state == "active"
        consents = app.subscribers.history(anna.id).consents
        assert "Pressed Come back on 2026-03-02 09:00:00 UTC from 203.0.113.0/24." in (
            consents[-1].text
        )
        assert [mail.kind for mail in mails(app)] == ["undo"]  # no second welcome
        browser.post(f"{link_of(anna)}/leave")
        assert browser.post(back).status_code == 404  # the older way back is spent
        assert now_of(app, anna).state == "unsubscribed"

    def test_who_complained_stays_away(self, app: App) -> None:
        anna = member(app, "anna@example.org", state="complained")
        assert client(app).post(link_of(anna)).status_code == 200
        assert now_of(app, anna).state == "complained"
        assert mails(app) == []


class TestChoosing:
    """How often, until when, and what needs a link that was mailed just now."""

    def test_how_often_and_a_pause(self, app: App, anna: Subscriber) -> None:
        browser = client(app)
        own = f"{link_of(anna)}/choose"
        page = browser.get(f"{own}?frequency=weekly").text
        assert re.search(r'value="weekly" checked', page)
        assert now_of(app, anna).frequency is Frequency.DAILY
        assert "Saved." in browser.post(own, data={"often": "weekdays"}).text
        assert now_of(app, anna).frequency is Frequency.WEEKDAYS
        saved = browser.post(own, data={"often": "pause", "until": "2026-04-06"})
        assert "Paused until Mon" in saved.text
        assert now_of(app, anna).paused_until == date(2026, 4, 6)
        assert now_of(app, anna).frequency is Frequency.WEEKDAYS
        for wrong in ("2026-03-02", "1999-01-01", "9999-12-31", "soon", ""):
            assert browser.post(own, data={"often": "pause", "until": wrong}).status_code == 422
        browser.post(own, data={"often": "daily"})
        assert now_of(app, anna).paused_until is None

    def test_a_month_of_rest_from_the_page_of_leaving(self, app: App, anna: Subscriber) -> None:
        client(app).post(f"{link_of(anna)}/choose", data={"often": "pause"})
        assert now_of(app, anna).paused_until == DAY + timedelta(days=30)

    def test_a_fresh_link_opens_for_an_hour(self, app: App, anna: Subscriber) -> None:
        browser = client(app)
        assert "anna@example.org" not in browser.post(f"{link_of(anna)}/fresh").text
        [mail] = mails(app)
        me = mail.path("/me/")
        assert "anna@example.org" in browser.get(me).text
        changed = {"name": "Anna A.", "zone": "Europe/Rome", "locale": "it"}
        assert "Saved." in browser.post(me, data=changed).text
        found = now_of(app, anna)
        assert (found.name, found.zone, found.locale) == ("Anna A.", "Europe/Rome", "it")
        assert browser.post(me, data=changed | {"zone": "Mars/Base"}).status_code == 422
        data = browser.post(f"{me}/data").json()
        assert data["address"] == "anna@example.org"
        assert anna.token not in str(data)
        app.clock.sleep(3601)
        assert browser.get(me).status_code == 404
        assert browser.post(f"{me}/erase", data={"sure": "yes"}).status_code == 404

    def test_the_lost_link_page_answers_everybody_alike(self, app: App, anna: Subscriber) -> None:
        browser = client(app)
        known = browser.post("/lost", data={"address": "anna@example.org"})
        unknown = browser.post("/lost", data={"address": "nobody@example.org"})
        assert known.text == unknown.text
        assert [mail.to for mail in mails(app)] == ["anna@example.org"]

    def test_three_fresh_links_a_day(self, app: App, anna: Subscriber) -> None:
        for _ in range(5):
            client(app).post("/lost", data={"address": "anna@example.org"})
        assert len(mails(app)) == 3

    def test_erasing_leaves_nothing(self, app: App, anna: Subscriber) -> None:
        browser = client(app)
        browser.post(f"{link_of(anna)}/rating/{DAY}", data={"stars": "5"})
        said = {"text": "Words", "public": "yes"}
        browser.post(f"{link_of(anna)}/words/{DAY}", data=said)
        browser.post(f"{link_of(anna)}/fresh")
        me = next(mail for mail in mails(app) if mail.kind == "lost-link").path("/me/")
        assert browser.post(f"{me}/erase").status_code == 422
        assert "All of it is erased" in browser.post(f"{me}/erase", data={"sure": "yes"}).text
        assert app.subscribers.find("anna@example.org") is None
        answers = open_site(app).records.answers
        assert answers.rating(DAY) == Rating()
        assert answers.listed() == ()


class TestAnswers:
    """Stars, comments and letters."""

    def test_a_star_of_the_mail_only_fills_in(self, app: App, anna: Subscriber) -> None:
        browser = client(app)
        answers = open_site(app).records.answers
        for stars in range(1, 6):
            page = browser.get(f"{link_of(anna)}/rating/{DAY}/{stars}").text
            assert re.search(rf'value="{stars}" checked', page)
        assert answers.rating(DAY) == Rating()
        told = browser.post(f"{link_of(anna)}/rating/{DAY}", data={"stars": "4"})
        assert "Four of five, counted" in told.text
        assert "4.0 of 5, from 1 reader" in told.text
        browser.post(f"{link_of(anna)}/rating/{DAY}", data={"stars": "2"})
        assert answers.rating(DAY) == Rating(1, 2.0)
        assert browser.post(f"{link_of(anna)}/rating/{DAY}", data={"stars": "9"}).status_code == 422

    def test_an_edition_that_nobody_has_is_not_rated(self, app: App, anna: Subscriber) -> None:
        browser = client(app)
        for day in ("2026-03-01", "2026-03-03", "2026-13-01", "1066-10-14"):
            assert browser.get(f"{link_of(anna)}/rating/{day}").status_code == 404
        assert browser.get(f"{link_of(anna)}/rating/{DAY}/77").status_code == 200

    def test_a_comment_waits_for_an_editor_and_the_editor_is_told(
        self, app: App, anna: Subscriber
    ) -> None:
        browser = client(app)
        said = {"text": "Good <b>words</b>\r\nand lines", "public": "yes", "name": "Ines D."}
        assert (
            "An editor reads it first"
            in browser.post(f"{link_of(anna)}/words/{DAY}", data=said).text
        )
        page = f"/editions/{DAY}/answer"
        assert "words&lt;/b&gt;" not in browser.get(page).text
        [mail] = mails(app)
        assert mail.kind == "notice"
        assert mail.to == "editor@brief.example.org"
        answers = open_site(app).records.answers
        [waiting] = answers.listed(state=CommentState.WAITING)
        answers.decide(waiting.id, CommentState.APPROVED, by="editor", now=app.clock.now())
        assert "Good &lt;b&gt;words&lt;/b&gt;" in browser.get(page).text
        assert "anna@example.org" not in browser.get(page).text

    def test_words_without_the_tick_go_to_the_editor_alone(
        self, app: App, anna: Subscriber
    ) -> None:
        client(app).post(f"{link_of(anna)}/words/{DAY}", data={"text": "Between us"})
        answers = open_site(app).records.answers
        assert answers.listed() == ()
        assert [one.text for one in answers.letters()] == ["Between us"]

    def test_a_stranger_says_first_that_it_was_them(self, app: App) -> None:
        browser = client(app)
        said = {"text": "Hello", "name": "Bo", "address": "bo@example.org", "stars": "5"}
        page = f"/editions/{DAY}/answer"
        assert "Check your mail" in browser.post(page, data=said).text
        [mail] = mails(app)
        assert "Hello" not in mail.html + mail.text + mail.subject
        answers = open_site(app).records.answers
        assert answers.listed(state=CommentState.WAITING) == ()
        link = mail.path("/answers/")
        assert "Was that you?" in browser.get(link).text
        assert answers.rating(DAY) == Rating()
        browser.post(link)
        browser.post(link)
        assert answers.rating(DAY) == Rating(1, 5.0)
        assert len(answers.listed(state=CommentState.WAITING)) == 1
        assert [mail.kind for mail in mails(app)] == ["confirmation", "notice"]

    def test_what_a_stranger_never_confirmed_is_kept_for_a_week(self, app: App) -> None:
        browser, records = client(app), open_site(app).records
        for address in ("bo@example.org", "cy@example.org"):
            said = {"text": "Hello", "address": address}
            browser.post(f"/editions/{DAY}/answer", data=said)
        bo, cy = (mail.path("/answers/") for mail in mails(app))
        browser.post(bo)
        app.clock.sleep(timedelta(days=6).total_seconds())
        assert records.take_off(now=app.clock.now()) == 0
        assert "Was that you?" in browser.get(cy).text
        app.clock.sleep(timedelta(days=1).total_seconds())
        assert browser.post(cy).status_code == 404
        assert records.take_off(now=app.clock.now()) == 1
        assert [one.canonical for one in records.answers.listed()] == ["bo@example.org"]

    def test_letters_reach_the_editor_and_are_kept_first(self, app: App) -> None:
        browser = client(app)
        said = {"about": "story", "text": "The lamps\r\n\r\nof Merrow", "address": "bo@example.org"}
        assert "It has reached us" in browser.post("/contact", data=said).text
        [mail] = mails(app)
        assert "The lamps" in mail.text
        [kept] = open_site(app).records.answers.letters()
        assert (kept.about, kept.canonical) == ("story", "bo@example.org")
        assert browser.post("/contact", data={"text": ""}).status_code == 422
        assert browser.post("/contact", data=said | {"address": "x\ny@"}).status_code == 422

    def test_terms_are_markdown_without_markup(self, app: App) -> None:
        file = app.settings.root / "content" / "terms.md"
        file.write_text("# Terms\n\n<script>alert(1)</script> *Fair* use.")
        browser: Browser = client(app)
        page = browser.get("/terms").text
        assert "<em>Fair</em>" in page
        assert "<script>" not in page
        assert browser.get("/privacy").status_code == 404
