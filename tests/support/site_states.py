"""Every page of the site in every state it can be in, as a reader of a language gets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from httpx import Response

from newsletter.app import App
from newsletter.core.model import Subscriber
from newsletter.core.reader_links import ReaderLink
from newsletter.storage.site import prompted
from newsletter.storage.site.answers import CommentState
from newsletter.web.site.application import open_site
from tests.support.site import Browser, mails, member

State = tuple[str, Response]


class Reader:
    """Somebody of a language who goes all the ways there are, and shows each page."""

    def __init__(self, app: App, browser: Browser, *, language: str, day: date) -> None:
        self.app, self.browser, self.day, self.name = app, browser, day, language
        self._said = {"headers": {"accept-language": language}}

    def states(self) -> Iterator[State]:
        """Yield each state's name and page."""
        yield from self._join()
        yield from self._read_and_answer()
        yield from self._choose()
        yield from self._keep()
        yield from self._leave()

    def closed(self) -> Iterator[State]:
        """Yield what is shown while machines fill in the forms, which they do from here on."""
        with self.app.database.write() as connection:
            for number in range(90):
                to = f"s{number}-{self.name}@x.example"
                prompted.note(connection, "main", "join", to, now=self.app.clock.now())
        if self.app.settings.captcha.is_set:
            yield "join, with a captcha", self._get("/join")
            return
        yield "join, by mail", self._get("/join")
        said = {"text": "Hello", "address": f"late-{self.name}@example.org"}
        yield "answer, closed", self._post(f"/editions/{self.day}/answer", **said)

    # --- the ways ----------------------------------------------------------------------------

    def _join(self) -> Iterator[State]:
        yield "join", self._get("/join")
        yield "join, once more", self._post("/join", address="anna@example.org")
        yield "join, no address", self._ask("anna@example")
        self._ask(self._address("anna"))
        yield "check", self._get("/join/check")
        yield "check, incomplete", self._post("/join/check", digits="12")
        digits = mails(self.app)[-1].digits
        wrong = f"{(int(digits) + 1) % 10**6:06}"
        yield "check, wrong", self._post("/join/check", digits=wrong)
        self._post("/join/check", digits=digits)
        link = mails(self.app)[-2].path("/join/")
        yield "welcome", self._get(link)
        self._ask(self._address("bert"))
        link = mails(self.app)[-1].path("/join/")
        for _ in range(5):
            used_up = self._post("/join/check", digits=wrong)
        yield "check, used up", used_up
        self.browser.forget()
        yield "join, is it you", self._get(link)
        yield "join, gone", self._get("/join/x")
        yield "join, snippet", self._get("/join/snippet")
        yield "nothing", self._get("/none")

    def _read_and_answer(self) -> Iterator[State]:
        own, page = self._own(), f"/editions/{self.day}"
        for path in ("/", page, "/archive", "/archive?q=lamps", "/archive?q=zzz"):
            yield f"read {path}", self._get(path)
        yield "rate", self._get(f"{own}/rating/{self.day}/4")
        yield "rate, no stars", self._post(f"{own}/rating/{self.day}")
        yield "rated", self._post(f"{own}/rating/{self.day}", stars="4")
        words = {"text": "The choir met again.\nWe sang outside.", "name": "Ines D."}
        yield "words to the editor", self._post(f"{own}/words/{self.day}", **words)
        yield "words to all", self._post(f"{own}/words/{self.day}", **words, public="yes")
        answers, now = open_site(self.app).records.answers, self.app.clock.now()
        for one in answers.listed(state=CommentState.WAITING):
            answers.decide(one.id, CommentState.APPROVED, by="editor", now=now)
        yield "answer", self._get(f"{page}/answer")
        yield "answer, wrong", self._post(f"{page}/answer", address=self._address("carl"))
        said = {"address": self._address("carl"), "stars": "5", "text": "Me too"}
        yield "answer, asked", self._post(f"{page}/answer", **said)
        link = mails(self.app)[-1].path("/answers/")
        yield "answer, confirm", self._get(link)
        yield "answer, confirmed", self._post(link)
        yield "answer, gone", self._get("/answers/x")
        for path in ("/contact", "/terms", "/privacy"):
            yield path, self._get(path)
        yield "contact, wrong", self._post("/contact", about="story")
        yield "contact, thanks", self._post("/contact", about="story", text="The lamps of Merrow")

    def _choose(self) -> Iterator[State]:
        own, until = self._own(), (self.day + timedelta(days=30)).isoformat()
        yield "choose", self._get(f"{own}/choose")
        yield "choose, wrong", self._post(f"{own}/choose", often="pause", until="never")
        yield "choose, saved", self._post(f"{own}/choose", often="pause", until=until)
        yield "lost", self._get("/lost")
        yield "lost, wrong", self._post("/lost", address="anna")
        yield "lost, sent", self._post("/lost", address=self._address("nobody"))
        yield "fresh", self._post(f"{own}/fresh")

    def _keep(self) -> Iterator[State]:
        me = next(
            mail.path("/me/")
            for mail in reversed(mails(self.app))
            if mail.kind == "lost-link" and mail.to == self._address("anna")
        )
        yield "me", self._get(me)
        yield "me, saved", self._post(me, name="Anna", zone="Europe/Berlin", locale=self.name)
        yield "me, no zone", self._post(me, zone="Mars")
        yield "me, no name", self._post(me, name="\u2028".join("ab"), zone="")
        yield "me, no address", self._post(f"{me}/address", address="anna")
        yield "me, not sure", self._post(f"{me}/erase")
        yield "me, asked", self._post(f"{me}/address", address=self._address("other"))
        move = mails(self.app)[-1].path("/me/")
        yield "move", self._get(move)
        yield "moved", self._post(f"{move}/move")
        yield "me, gone", self._get("/me/x")
        yield "erased", self._post(f"{me}/erase", sure="yes")

    def _leave(self) -> Iterator[State]:
        own = f"/u/{ReaderLink(member(self.app, self._address('dora')).token, self.day).text}"
        yield "leave", self._get(own)
        left = self._post(f"{own}/leave")
        yield "left", left
        why = re.search(r'action="([^"]*/u/why/[^"]+)"', left.text)
        assert why
        yield "told why", self._post(why[1], reason="too-often")
        yield "left before", self._get(own)
        undo = mails(self.app)[-1].path("/u/undo/")
        yield "undo", self._get(undo)
        yield "back", self._post(undo)
        yield "undo, gone", self._get("/u/undo/x")
        yield "unknown", self._get("/u/nobody")

    # --- beneath -----------------------------------------------------------------------------

    def _get(self, path: str) -> Response:
        return self.browser.get(path, **self._said)

    def _post(self, path: str, **form: str) -> Response:
        return self.browser.post(path, data=form, **self._said)

    def _ask(self, address: str) -> Response:
        found = re.search(r'name="shown" value="([^"]*)"', self._get("/join").text)
        assert found
        self.app.clock.sleep(3)
        return self._post("/join", address=address, shown=found[1])

    def _address(self, name: str) -> str:
        return f"{name}-{self.name.lower()}@example.org"

    def _own(self) -> str:
        return f"/u/{ReaderLink(self._anna().token, self.day).text}"

    def _anna(self) -> Subscriber:
        found = self.app.subscribers.find(self._address("anna"))
        assert found is not None
        return found
