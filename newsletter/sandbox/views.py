"""The sandbox's own pages: the mailbox, one mail, and both as JSON for tools."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path
from typing import Any

import jinja2

from newsletter.sandbox.account import Account, RecordedRequest
from newsletter.sandbox.drafts import Mail, as_json
from newsletter.sandbox.exchange import Answer, Headers, Request, json_answer

PER_PAGE = 200
WIDTHS = (375, 680)  # a phone, a desk
_PAGES = Path(__file__).parent / "pages"
_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_PAGES), autoescape=True, undefined=jinja2.StrictUndefined
)
_EVERYWHERE: Headers = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)
_OWN_PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_MAIL_PAGE = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "img-src http: https: data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)


async def answer(request: Request, account: Account) -> Answer:
    """Answer a request to a page."""
    if request.method != "GET":
        return _text(405, "The pages are for reading: use GET.\n")
    fixed = _FIXED.get(request.path)
    if fixed:
        return fixed(request, account)
    found = re.fullmatch(r"/mails/(\d{1,12})(/html|/raw)?", request.path)
    mail = account.mailbox.get(int(found[1])) if found else None
    if not found or not mail:
        return _page(404, "missing.html")
    await _written(account)
    return _mail(account, mail, view=found[2] or "", query=request.query)


async def _written(account: Account) -> None:
    """Wait until the mails that arrived are in their files; a failed one is shown as missing."""
    jobs = [asyncio.wrap_future(job) for job in account.mailbox.writing()]
    await asyncio.gather(*jobs, return_exceptions=True)


# --- the list ----------------------------------------------------------------------------------


def _list(request: Request, account: Account) -> Answer:
    wanted = request.query.get("to", "").strip().lower()
    mails = [mail for mail in reversed(account.mailbox.mails) if wanted in mail.recipient.lower()]
    pages = max(1, -(-len(mails) // PER_PAGE))
    page = min(max(1, _number(request.query.get("page", "1"))), pages)
    return _page(
        200,
        "list.html",
        mails=mails[(page - 1) * PER_PAGE : page * PER_PAGE],
        found=len(mails),
        stored=len(account.mailbox.mails),
        pending=len(account.schedule.waiting),
        to=request.query.get("to", "").strip(),
        page=page,
        pages=pages,
    )


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 1


def _style(_: Request, __: Account) -> Answer:
    kind = ("Content-Type", "text/css; charset=utf-8")
    return Answer(
        status=200, body=(_PAGES / "style.css").read_bytes(), headers=(kind, *_EVERYWHERE)
    )


# --- one mail ----------------------------------------------------------------------------------


def _mail(account: Account, mail: Mail, *, view: str, query: Any) -> Answer:
    file = account.mailbox.file(mail)
    source = file.read_bytes() if file.exists() else None
    if source is None:
        return _page(200 if not view else 404, "mail.html", mail=mail, message=None)
    if view == "/raw":
        return _text(200, source)
    message = message_from_bytes(source, policy=default_policy)
    if view == "/html":
        return _html_part(message)
    width = _number(query.get("width", "680"))
    return _page(
        200,
        "mail.html",
        mail=mail,
        message=message,
        text=_part(message, "plain"),
        has_html=message.get_body(("html",)) is not None,
        width=width if width in WIDTHS else WIDTHS[-1],
        widths=WIDTHS,
        size=len(source),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


def _html_part(message: EmailMessage) -> Answer:
    """Return the HTML as it was sent, but with links that open beside it."""
    html = _part(message, "html")
    html = re.sub(r"(<head\b[^>]*>)", r'\1<base target="_blank">', html, count=1, flags=re.I)
    return _html(200, html, policy=_MAIL_PAGE)


# --- as JSON -----------------------------------------------------------------------------------


def _requests_json(_: Request, account: Account) -> Answer:
    return json_answer(200, [_as_json(found) for found in account.requests], _EVERYWHERE)


def _as_json(found: RecordedRequest) -> dict[str, Any]:
    return {
        "number": found.number,
        "at": found.at.isoformat(),
        "method": found.method,
        "path": found.path,
        "headers": dict(found.headers),
        "body": found.body,
        "status": found.status,
        "accepted": found.accepted,
        "message_id": found.message_id,
        "fault": found.fault,
        "problems": [
            {"message": p.message, "field": p.field, "cause": p.cause} for p in found.problems
        ],
    }


def _mails_json(_: Request, account: Account) -> Answer:
    return json_answer(200, [as_json(mail) for mail in account.mailbox.mails], _EVERYWHERE)


# --- answers -----------------------------------------------------------------------------------


def _page(status: int, template: str, **values: Any) -> Answer:
    return _html(status, _templates.get_template(template).render(values), policy=_OWN_PAGE)


def _html(status: int, html: str, *, policy: str) -> Answer:
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", policy),
        *_EVERYWHERE,
    )
    return Answer(status=status, body=html.encode("utf-8", "replace"), headers=headers)


def _text(status: int, text: str | bytes) -> Answer:
    body = text.encode() if isinstance(text, str) else text
    headers = (("Content-Type", "text/plain; charset=utf-8"), *_EVERYWHERE)
    return Answer(status=status, body=body, headers=headers)


_FIXED: dict[str, Callable[[Request, Account], Answer]] = {
    "/": _list,
    "/style.css": _style,
    "/sandbox/requests": _requests_json,
    "/sandbox/mails": _mails_json,
}
