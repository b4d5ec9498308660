"""One connection to a mail server: how a copy is handed over, and what each answer means."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from newsletter.core.config.settings import Smtp
from newsletter.core.errors import (
    AccountRefused,
    DeliveryError,
    MessageRefused,
    Throttled,
    Uncertain,
    Unreachable,
)

_ADDRESS = re.compile(r"[^\s<>\"'@]+@[^\s<>\"'@]+")
_LONGEST = 200  # characters of an answer that are quoted
_QUICK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux only


@dataclass(frozen=True, slots=True)
class Copy:
    """One person's mail: whole lines, the first of them a header."""

    address: str
    mail: bytes


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

    def __init__(self, smtp: smtplib.SMTP, *, ahead: bool = True) -> None:
        """Take a connection over; `ahead`: ask for the next copy while one is being answered."""
        self._smtp = smtp
        if smtp.sock is not None:  # else small writes wait for the answer to the one before
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pipelines = smtp.has_extn("pipelining")
        self._ahead = ahead and self._pipelines
        self._asked: str | None = None  # whose envelope is on its way already
        self.seven_bit = not smtp.has_extn("8bitmime")

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
        # A rate is kept by waiting for each copy's turn, and a server must not wait with us.
        return cls(smtp, ahead=not options.rate)

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
        """Close without a word; a copy that was not handed over completely is nobody's then."""
        self._smtp.close()

    def hand_over(self, copies: Iterable[Copy], *, sender: str) -> Iterator[Told]:
        """Hand over copies in order and tell of each, until one ends it all.

        Until its last byte is written the server has nothing of a copy; from then on only its
        answer tells. After an error the connection is of no further use.
        """
        for copy, following in _with_next(copies, ahead=self._ahead):
            try:
                told = self._open(copy.address, sender=sender)
                if told is None:
                    self._smtp.send(_content(copy.mail))
            except (OSError, smtplib.SMTPException) as error:
                lost = Unreachable(f"The connection to the mail server ended: {error}.")
                lost.__cause__ = error
                told = Told(None, error=lost)
            if told is None:
                self._ask_for(following, sender=sender)
                told = self._answer()
            yield told
            if told.error is not None:
                return

    def _open(self, address: str, *, sender: str) -> Told | None:
        """Name sender and recipient and ask to begin; None: the server wants the content."""
        commands = self._commands(address, sender=sender)
        if self._pipelines:
            if self._asked != address:
                self._smtp.send("".join(commands))
            answers = [self._reply() for _ in commands]
        else:
            answers = []
            for command in commands:
                self._smtp.send(command)
                answers.append(self._reply())
                if answers[-1][0] >= 400:
                    break
        self._asked = None
        told = _meaning(answers)
        if told is not None:
            self._start_over(answers)
        return told

    def _ask_for(self, following: Copy | None, *, sender: str) -> None:
        """Send the next envelope behind a copy, so that both are answered in one round trip.

        If the copy is refused, this one gets no content: it comes to nothing (RFC 5321, 4.1.1.4).
        """
        if following is None:
            return
        self._asked = following.address
        with suppress(OSError):  # the answers tell whether it went out
            self._smtp.send("".join(self._commands(following.address, sender=sender)))

    def _commands(self, address: str, *, sender: str) -> tuple[str, str, str]:
        body = "" if self.seven_bit else " BODY=8BITMIME"
        return (f"MAIL FROM:<{sender}>{body}\r\n", f"RCPT TO:<{address}>\r\n", "DATA\r\n")

    def _start_over(self, answers: list[tuple[int, bytes]]) -> None:
        """Leave a transaction that came to nothing, so that the next can begin."""
        if answers[-1][0] == 354:
            self._smtp.send(b".\r\n")  # RFC 2920, 3.1: nothing for nobody
            self._reply()
        self._smtp.rset()

    def _reply(self) -> tuple[int, bytes]:
        """Read one answer; say at once that it came, for servers that wait before the next one.

        A server that writes its answers one by one and did not switch Nagle's algorithm off would
        wait 40 ms for our delayed acknowledgement between two of them.
        """
        if _QUICK is not None and self._smtp.sock is not None:
            self._smtp.sock.setsockopt(socket.IPPROTO_TCP, _QUICK, 1)
        return self._smtp.getreply()

    def _answer(self) -> Told:
        try:
            code, text = self._reply()
        except (OSError, smtplib.SMTPException) as error:
            doubt = Uncertain("The mail server did not answer for a copy it was given.")
            doubt.__cause__ = error
            return Told(None, error=doubt)
        if code < 300:
            return Told(code)
        return Told(code, error=_refusal(code, quoted(code, text)))


def _with_next(copies: Iterable[Copy], *, ahead: bool) -> Iterator[tuple[Copy, Copy | None]]:
    """Return each copy with the one behind it; with None unless we may look ahead."""
    if not ahead:
        yield from ((copy, None) for copy in copies)
        return
    waiting = iter(copies)
    copy = next(waiting, None)
    while copy is not None:
        following = next(waiting, None)
        yield copy, following
        copy = following


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


def _content(mail: bytes) -> bytes:
    """Write a copy as it travels: dots doubled at line starts, and the line that ends it."""
    return mail.replace(b"\r\n.", b"\r\n..") + b".\r\n"
