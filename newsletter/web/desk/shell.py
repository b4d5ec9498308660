"""What frames every page: whose desk it is, who sits at it, and in what language."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from newsletter.web.desk import languages, words

NAME_COOKIE = "desk-name"  # who sits at this browser; a name, and no proof of anything
_MOST_SIGNS = 80
_A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The frame of the pages of one request."""

    publication: str = ""
    editor: str = ""  # empty: nobody said a name at this browser yet
    language: str = "en"
    direction: str = "ltr"

    @property
    def letter(self) -> str:
        """Return what stands for the publication where there is room for one sign."""
        return next((sign.upper() for sign in self.publication if sign.isalnum()), "·")

    @property
    def initials(self) -> str:
        """Return what stands for whoever sits here."""
        words = self.editor.split()
        return "".join(word[0].upper() for word in (*words[:1], *words[1:][-1:]))


_shell: ContextVar[Shell] = ContextVar("shell", default=Shell())  # noqa: B039 - frozen


def current() -> Shell:
    """Return the frame of the request that is answered."""
    return _shell.get()


class Framed:
    """Say, for every request, whose desk it is and who sits at it."""

    def __init__(self, app: ASGIApp, *, publication: str) -> None:
        self.app = app
        self._publication = publication

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on within its frame."""
        if scope["type"] == "http":
            asked = HTTPConnection(scope)
            name = unquote(asked.cookies.get(NAME_COOKIE, ""))
            language = languages.chosen(asked.headers.get("accept-language", ""))
            words.speak(languages.catalogue(language))
            _shell.set(
                Shell(
                    publication=self._publication,
                    editor=name_of(name),
                    language=language,
                    direction=languages.direction(language),
                )
            )
        await self.app(scope, receive, send)


def remember(answer: Response, text: str) -> None:
    """Let a browser remember the name of whoever sits at it; an empty one changes nothing."""
    if name := name_of(text):
        answer.set_cookie(
            NAME_COOKIE, quote(name), max_age=_A_YEAR, httponly=True, samesite="strict"
        )


def name_of(text: str) -> str:
    """Return a name as it may stand on a page and in a record: one line, not too long."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[
        :_MOST_SIGNS
    ]
