"""What a mail server's answers mean for one copy, and how they are quoted. Pure."""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass
from typing import Literal

from newsletter.core.errors import (
    AccountRefused,
    DeliveryError,
    MessageRefused,
    Throttled,
    Uncertain,
    Unreachable,
)
from newsletter.core.sentences import said

_ADDRESS = re.compile(r"[^\s<>\"'@]+@[^\s<>\"'@]+")
_LONGEST = 200  # characters of an answer that are quoted
_OF_PERSON = re.compile(rb"\s*5\.[12]\.\d")  # an address or its mailbox (RFC 3463, 3.2 and 3.3)
CLOSING = frozenset({221, 421})  # the server ends the connection (RFC 5321, 3.8), asked or not
GO_ON = 354
_UNASKED = frozenset({220, 221})  # of a connection, and no answer to a command
# A no at RCPT that is about us: we have to log in or protect the connection first, may not send
# through this server at all, or no more of it.
_OF_US_CODES = frozenset({530, 535, 538})
_OF_US = re.compile(
    rb"relay|authenticat|log ?in|starttls|rcpthosts|client host|blocked using|spamhaus|\brbl\b"
    rb"|banned|block ?list|black ?list|sender (?:verif|address rejected)"
    rb"|(?:sending|rate) (?:limit|quota)|too many (?:messages|recipients|connections)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the server said of one copy."""

    status: int | None
    # What it means for that one person. "ended": the connection did, and nobody has the copy;
    # "stop": it is no one person's matter.
    means: Literal["taken", "refused", "deferred", "ended", "stop"] = "taken"
    sentence: str = ""  # without addresses: it is kept in the ledger
    error: DeliveryError | None = None  # of "ended" and "stop"
    of_us: str = ""  # of "refused": the answer, where its words are about us and not that person


def answer(error: smtplib.SMTPResponseException) -> str:
    """Quote a server's answer without addresses."""
    return quoted(error.smtp_code, error.smtp_error)


def quoted(code: int, text: bytes | str) -> str:
    """Quote a server's answer on one line, without addresses."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return quoted_text(f"{code} {words}")


def quoted_text(text: str) -> str:
    """Quote a text on one line, without addresses and what a line cannot show."""
    line = " ".join(_ADDRESS.sub("(address)", text).split())
    seen = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)
    return seen[:_LONGEST].rstrip(". ")


def meaning(answers: list[tuple[int, bytes]]) -> Told | None:
    """Read the answers to MAIL, RCPT and DATA: the first that is no yes counts."""
    for step, (code, text) in zip(("MAIL", "RCPT", "DATA"), answers, strict=False):
        if not is_yes(code, to=step):
            return _told_no(step, code, text)
    return None


def is_yes(code: int, *, to: str) -> bool:
    """Say whether an answer lets go on after a command."""
    if to.startswith("DATA"):
        return code == GO_ON
    return 200 <= code < 300 and code not in _UNASKED


def _told_no(step: str, code: int, text: bytes) -> Told:
    """Read an answer to a command before the content; nobody has anything of the copy yet."""
    sentence = quoted(code, text)
    if code in CLOSING and step == "MAIL":  # of whom it is for the server knows nothing yet
        return Told(code, "ended", error=_refusal(code, sentence))
    if code in CLOSING:
        return _later(code, text)
    if not 400 <= code < 600:
        what = said(
            "The mail server answers %(step)s with what is no answer to it: %(sentence)s.",
            step=step,
            sentence=sentence,
        )
        return Told(code, "ended", error=Unreachable(what, status=code))
    if code < 500:
        stop = Told(code, "stop", error=_refusal(code, sentence))
        return stop if step == "MAIL" else _later(code, text)
    if step == "RCPT":
        is_of_us = code in _OF_US_CODES or (_OF_US.search(text) and not _OF_PERSON.match(text))
        no = _refused(sentence)
        return Told(code, "refused", no, of_us=sentence if is_of_us else "")
    if step == "DATA":  # some look at the recipient only here
        return answered(code, text)
    return Told(code, "stop", error=not_for_us(code, sentence))


def not_for_us(code: int | None, sentence: str) -> AccountRefused:
    """Say that the server takes no mail from us at all, in its own words."""
    return AccountRefused(
        said("The mail server refuses mail from us: %(sentence)s.", sentence=sentence),
        hint="May this server send for [publication] sender.email? Does it want [smtp] user?",
        status=code,
    )


def answered(code: int, text: bytes) -> Told:
    """Read the answer to a whole copy."""
    if 200 <= code < 300 and code not in _UNASKED:
        return Told(code)
    if not 400 <= code < 600:
        doubt = said(
            "The mail server answered a copy with what is no answer: %(sentence)s.",
            sentence=quoted(code, text),
        )
        return Told(code, "stop", error=Uncertain(doubt, status=code))
    if code < 500:
        return _later(code, text)
    if _OF_PERSON.match(text):
        return Told(code, "refused", _refused(quoted(code, text)))
    return Told(code, "stop", error=_refusal(code, quoted(code, text)))


def lost_before(error: Exception) -> Told:
    """Tell of a connection that ended before a copy was handed over completely."""
    lost = Unreachable(said("The connection to the mail server ended: %(why)s.", why=error))
    lost.__cause__ = error
    return Told(None, "ended", _short(lost.what), error=lost)


def too_large(size: int, *, most: int) -> Told:
    """Tell of a copy that is over the size the server announced."""
    return Told(
        None,
        "stop",
        error=AccountRefused(
            said(
                "The mail server takes at most %(most)s bytes, and a copy has %(size)s.",
                most=f"{most:,}",
                size=f"{size:,}",
            ),
            hint="Make the edition smaller (newsletter check shows what is large in it), or have "
            "the server's limit raised.",
        ),
    )


def _later(code: int, text: bytes) -> Told:
    """Read a temporary no to one person; with 421 the server ends the connection as well."""
    sentence = quoted(code, text)
    asks = said("the mail server asks to try later: %(sentence)s", sentence=sentence)
    if code in CLOSING:
        return Told(code, "ended", asks, error=_refusal(code, sentence))
    return Told(code, "deferred", asks)


def _refused(sentence: str) -> str:
    return said("the mail server refuses it: %(sentence)s", sentence=sentence)


def _short(sentence: str) -> str:
    return quoted_text(sentence[:1].lower() + sentence[1:])


def _refusal(code: int, sentence: str) -> DeliveryError:
    if code < 500:
        asks = said("The mail server asks to wait: %(sentence)s.", sentence=sentence)
        return Throttled(asks, until=None, status=code)
    return MessageRefused(
        said("The mail server refuses the message: %(sentence)s.", sentence=sentence), status=code
    )
