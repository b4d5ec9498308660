"""One connection to a mail server: how a copy is handed over, and what each answer means."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage

from newsletter.config import Smtp
from newsletter.errors import (
    AccountRefused,
    DeliveryError,
    MessageRefused,
    Throttled,
    Uncertain,
    Unreachable,
)

_ADDRESS = re.compile(r"[^\s<>\"'@]+@[^\s<>\"'@]+")
_LINE_START_DOT = re.compile(rb"(?m)^\.")
_LONGEST = 200  # characters of an answer that are quoted


@dataclass(frozen=True, slots=True)
class Told:
    """What the server said of one copy; without an error and a refusal it was taken."""

    status: int | None
    sentence: str = ""  # without addresses: it is kept in the ledger
    refuses_person: bool = False
    error: DeliveryError | None = None  # ends the attempt


def answer(error: smtplib.SMTPResponseException) -> str:
    """Quote a server's answer without addresses."""
    return quoted(error.smtp_code, error.smtp_error)


def quoted(code: int, text: bytes | str) -> str:
    """Quote a server's answer on one line, without addresses."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    said = " ".join(_ADDRESS.sub("(address)", said).split())
    return f"{code} {said}"[:_LONGEST].rstrip(". ")


class Session:
    """A connection, greeted and logged in. One thread at a time."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp
        if smtp.sock is not None:  # else small writes wait for the answer to the one before
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pipelines = smtp.has_extn("pipelining")
        self._eight_bit = smtp.has_extn("8bitmime")

    @classmethod
    def open(cls, options: Smtp, *, password: str, timeout: float) -> Session:
        """Connect, protect and log in; raises what `smtplib` and the system raise."""
        context = ssl.create_default_context()
        if options.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                options.host, options.port, timeout=timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(options.host, options.port, timeout=timeout)
        try:
            if options.security == "starttls":
                smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
            if options.user:
                smtp.login(options.user, password)
        except BaseException:
            smtp.close()
            raise
        return cls(smtp)

    def is_alive(self) -> bool:
        """Ask whether the server still listens."""
        try:
            return self._smtp.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def quit(self) -> None:
        """Say goodbye and close."""
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()
        self._smtp.close()

    def close(self) -> None:
        """Close without a word."""
        self._smtp.close()

    def deliver(self, mail: EmailMessage, *, sender: str, recipient: str) -> Told:
        """Hand over one copy.

        Until its last byte is written the server has nothing; from then on only its answer tells.
        """
        try:
            told = self._open(sender, recipient)
            if told is not None:
                return told
            self._smtp.send(_content(mail, eight_bit=self._eight_bit))
        except (OSError, smtplib.SMTPException) as error:
            lost = Unreachable(f"The connection to the mail server ended: {error}.")
            lost.__cause__ = error
            return Told(None, error=lost)
        return self._answer()

    def _open(self, sender: str, recipient: str) -> Told | None:
        """Name sender and recipient and ask to begin; None: the server wants the content."""
        body = " BODY=8BITMIME" if self._eight_bit else ""
        commands = (f"MAIL FROM:<{sender}>{body}", f"RCPT TO:<{recipient}>", "DATA")
        if self._pipelines:
            self._smtp.send("".join(f"{command}\r\n" for command in commands))
            answers = [self._smtp.getreply() for _ in commands]
        else:
            answers = []
            for command in commands:
                answers.append(self._smtp.docmd(command))
                if answers[-1][0] >= 400:
                    break
        told = _meaning(answers)
        if told is not None:
            self._start_over(answers)
        return told

    def _start_over(self, answers: list[tuple[int, bytes]]) -> None:
        """Leave a transaction that came to nothing, so that the next can begin."""
        if answers[-1][0] == 354:
            self._smtp.send(b".\r\n")  # RFC 2920, 3.1: nothing for nobody
            self._smtp.getreply()
        self._smtp.rset()

    def _answer(self) -> Told:
        try:
            code, text = self._smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            doubt = Uncertain("The mail server did not answer for a copy it was given.")
            doubt.__cause__ = error
            return Told(None, error=doubt)
        if code < 300:
            return Told(code)
        return Told(code, error=_refusal(code, quoted(code, text)))


def _meaning(answers: list[tuple[int, bytes]]) -> Told | None:
    """Read the answers to MAIL, RCPT and DATA: the first that says no counts."""
    for step, (code, text) in zip(("mail", "rcpt", "data"), answers, strict=False):
        if code < 400:
            continue
        sentence = quoted(code, text)
        if code < 500:
            return Told(code, error=_refusal(code, sentence))
        if step == "rcpt":
            return Told(
                code, sentence=f"the mail server refuses it: {sentence}", refuses_person=True
            )
        return Told(
            code,
            error=AccountRefused(
                f"The mail server refuses mail from us: {sentence}.",
                hint="May this server send for [publication] sender.email?",
                status=code,
            ),
        )
    return None


def _refusal(code: int, sentence: str) -> DeliveryError:
    if code < 500:
        return Throttled(f"The mail server asks to wait: {sentence}.", until=None, status=code)
    return MessageRefused(f"The mail server refuses the message: {sentence}.", status=code)


def _content(mail: EmailMessage, *, eight_bit: bool) -> bytes:
    """Write a copy as it travels: dots doubled at line starts, and the line that ends it."""
    policy = mail.policy if eight_bit else mail.policy.clone(cte_type="7bit")
    raw = _LINE_START_DOT.sub(b"..", mail.as_bytes(policy=policy))
    return raw + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n")
