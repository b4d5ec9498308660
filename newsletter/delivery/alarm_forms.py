"""The words of alarms, and the JSON in which chat services take them. Pure."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from newsletter.core.model.alarms import Alarm
from newsletter.core.model.single_mails import MailKind, SingleMail

Form = Literal["text", "slack", "teams"]

_SLACK = ("hooks.slack.com", "hooks.slack-gov.com")
_TEAMS = (".webhook.office.com", ".logic.azure.com", ".powerplatform.com")
_CARD = "application/vnd.microsoft.card.adaptive"
_MAIL_EXPIRES = timedelta(hours=12)
# So that no autoresponder answers, and no alarm begets another one.
_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def form_for(url: str, wished: str) -> Form:
    """Say which JSON a hook takes: as configured, else by its host."""
    if wished in {"slack", "teams"}:
        return "slack" if wished == "slack" else "teams"
    host = (urlsplit(url).hostname or "").lower()
    if wished == "auto" and host in _SLACK:
        return "slack"
    if wished == "auto" and host.endswith(_TEAMS):
        return "teams"
    return "text"


def body(text: str, form: Form) -> dict[str, Any]:
    """Return the JSON of a post.

    Chat services read `text` (Mattermost, Google Chat, ntfy) or `content` (Discord). Slack takes
    three signs as markup and wants them escaped. Teams takes a card in a message.
    """
    if form == "slack":
        plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        section = {"type": "section", "text": {"type": "mrkdwn", "text": plain[:2900]}}
        return {"text": plain, "blocks": [section]}
    if form == "teams":
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [{"type": "TextBlock", "text": text, "wrap": True}],
        }
        attachment = {"contentType": _CARD, "contentUrl": None, "content": card}
        return {"type": "message", "attachments": [attachment]}
    return {"text": text, "content": text}


def told(alarms: Sequence[Alarm], *, name: str) -> str:
    """Put alarms into one text."""
    return "\n".join(f"{name}: {one.told_text()}" for one in alarms)


def mail(alarms: Sequence[Alarm], *, name: str, to: str, now: datetime) -> SingleMail:
    """Put alarms into one mail, marked as an alarm and as nobody's to answer."""
    sentences = [one.told_text() for one in alarms]
    word = "Solved" if all(one.solved_at for one in alarms) else "Alarm"
    kinds = ", ".join(dict.fromkeys(str(one.kind) for one in alarms))
    items = "".join(f"<p>{html.escape(one)}</p>" for one in sentences)
    why = f"{name} tells its operator what waits for a person ([alerts] email). Do not answer."
    return SingleMail(
        kind=MailKind.ALARM,
        key=f"{now:%Y%m%dT%H%M%S.%f}",
        to=to,
        subject=f"[{name}] {word}: {kinds}",
        html=f"<html><body>{items}<p><small>{html.escape(why)}</small></p></body></html>",
        text="\n\n".join([*sentences, why]) + "\n",
        headers=_HEADERS,
        expires_at=now + _MAIL_EXPIRES,
    )
