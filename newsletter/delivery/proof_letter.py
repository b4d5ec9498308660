"""The mail that shows an editor a proof: when it goes, to how many, findings, message. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.core.calendar import Due
from newsletter.core.model.single_mails import MailKind, SingleMail
from newsletter.editions.proofs import Proof
from newsletter.message import merge
from newsletter.message.specimen import sample_values

_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
_FRAME = (
    '<div style="margin:0;padding:20px;background:#fff8e1;color:#222;'
    'font:16px/1.5 Helvetica,Arial,sans-serif;border-bottom:3px solid #b26a00">'
)
_BUTTON = (
    '<a href="{url}" style="display:inline-block;padding:10px 18px;border-radius:4px;'
    'background:#222;color:#fff;text-decoration:none">Look at it and approve it</a>'
)
_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofLetter:
    """What such a mail says."""

    proof: Proof
    due: Due
    zone: str
    name: str  # of the publication
    readers: int
    code: str
    url: str  # of the page that approves
    is_needed: bool  # nothing goes out without an approval
    is_again: bool  # an earlier proof was mailed

    def lines(self) -> list[str]:
        """Say what the editor has to know, in sentences."""
        at = self.due.at.astimezone(ZoneInfo(self.zone))
        readers = f"{self.readers:,} reader{'' if self.readers == 1 else 's'}"
        when = f"It goes out on {at:%A, %d %B %Y} at {at:%H:%M} ({self.zone}) to {readers}"
        found = [when + (", if you approve it." if self.is_needed else ".")]
        if self.is_again:
            found.insert(
                0, "The edition has changed; this proof takes the place of the one before."
            )
        return found

    def findings(self) -> list[str]:
        """List what the checks found, the gravest first."""
        return [f"{one.severity}: {one.message} ({one.code})" for one in self.proof.findings]

    def how(self) -> str:
        """Say how it is approved without the page."""
        day = self.due.date
        return f"newsletter approve --date {day} --code {self.code}"

    def mail(self, *, to: str, now: datetime) -> SingleMail:
        """Write it; an edit makes another message, whose proof is another mail."""
        message = self.proof.message
        values = sample_values(message)
        subject = " ".join(merge.fill(message.subject, values).split())
        return SingleMail(
            kind=MailKind.NOTICE,
            key=f"proof:{self.due.date}:{message.digest[:24]}:{now:%Y%m%dT%H%M%S}",
            to=to,
            subject=f"[Proof {self.due.date}] {subject}",
            html=self._html(merge.fill(message.html, values)),
            text=self._text(merge.fill(message.text, values)),
            headers=_HEADERS,
            expires_at=max(self.due.at, now + timedelta(minutes=30)),
        )

    def _text(self, message: str) -> str:
        found = self.findings()
        checks = ["The checks found:", *(f"- {one}" for one in found)] if found else [_CLEAN]
        typed = f'Or type the code {self.code} at the desk ("I have a code"),'
        approve = [f"Approve it: {self.url}", typed, f"or: {self.how()}"]
        blocks = ["\n".join(self.lines()), "\n".join(checks), "\n".join(approve)]
        return "\n\n".join([*blocks, "-" * 60, message])

    def _html(self, message: str) -> str:
        found = self.findings()
        items = "".join(f"<li>{html.escape(one)}</li>" for one in found)
        checks = f"<p>The checks found:</p><ul>{items}</ul>" if found else f"<p>{_CLEAN}</p>"
        lines = "".join(f"<p>{html.escape(one)}</p>" for one in self.lines())
        button = f"<p>{_BUTTON.format(url=html.escape(self.url))}</p>"
        typed = f"<p>Or type the code <b>{self.code}</b> at the desk (“I have a code”), or: "
        typed += f"<code>{html.escape(self.how())}</code></p>"
        head = '<h1 style="font-size:20px;margin:0">Proof</h1>'
        box = f"{_FRAME}{head}{lines}{checks}{button}{typed}</div>"
        body = _BODY.search(message)
        if body is None:
            return box + message
        return message[: body.end()] + box + message[body.end() :]


_CLEAN = "The checks found nothing."
