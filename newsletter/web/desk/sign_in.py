"""Who comes without the token of this run gives it here; only the terminal tells it."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from newsletter.core import private
from newsletter.web.desk import shell, templates
from newsletter.web.desk.submitted import submitted

PATH = "/sign-in"
_STYLE = (templates.FOLDER / "sign_in.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# The page stands in front of the token, and may load nothing from behind it.
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_INSIDE = re.compile(r"[0-9A-Za-z_/-]{0,200}")
_OWN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|calendar")  # begins an address without a token


class SignIn:
    """Ask for the token, and lead to what was asked for."""

    def __init__(self, token: str) -> None:
        self._token = token

    def is_known(self, token: str) -> bool:
        """Say whether this is the token of this run."""
        return secrets.compare_digest(token.encode(), self._token.encode())

    def page(self, path: str, *, is_wrong: bool = False, by: str = "") -> Response:
        """Return the form for somebody who asked for a path; it tells nothing of the desk."""
        text = templates.text(
            "sign_in",
            style=_STYLE,
            leads_to=inside(path),
            is_wrong=is_wrong,
            by=shell.name_of(by) or shell.current().editor,
        )
        return HTMLResponse(text, status_code=403, headers={"Content-Security-Policy": _POLICY})

    async def answer(self, request: Request) -> Response:
        """Lead on who gives the token."""
        async with submitted(request) as form:
            given = {name: str(form.get(name, "")) for name in ("token", "leads_to", "by")}
        path = given["leads_to"]
        if not self.is_known(given["token"].strip()):
            return self.page(f"/-/{path}", is_wrong=True, by=given["by"])
        place = path if _INSIDE.fullmatch(path) else ""
        leads = RedirectResponse(f"/{self._token}/{place}", status_code=303)
        shell.remember(leads, given["by"])
        return leads


def inside(path: str) -> str:
    """Return an address as it is below the token, whatever token it has; else nothing."""
    first, _, rest = path.removeprefix("/").partition("/")
    place = path.removeprefix("/") if _OWN.fullmatch(first) else rest
    return place if _INSIDE.fullmatch(place) else ""


def write_door(folder: Path, address: str) -> Path:
    """Write a page that leads to an address, for its owner's eyes alone; return it.

    A browser is started with the name of this file: what a program is started with, everybody on
    the machine can read.
    """
    door = folder / "desk.html"
    refresh = f'<meta http-equiv="refresh" content="0; url={address}">'
    referrer = '<meta name="referrer" content="no-referrer">'
    text = f"<!doctype html><title>The desk</title>{referrer}{refresh}"
    private.write_bytes(door, text.encode())
    return door
