"""One connection to a mail server: how a copy is handed over, and what each answer means."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from newsletter.core.config.settings import Smtp
from newsletter.core.errors import Uncertain, Unreachable
from newsletter.core.sentences import said
from newsletter.delivery.providers._smtp_answers import (
    CLOSING,
    GO_ON,
    Told,
    answered,
    is_yes,
    lost_before,
    meaning,
    quoted,
    too_large,
)

_WAYS = frozenset({"CRAM-MD5", "LOGIN", "PLAIN"})  # to log in, that `smtplib` has
_NO_CODE, _MOST_BLANKS = -1, 5  # as `smtplib` reads a line that is no answer
_OVER = "the connection is closed"
_QUICK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux only


@dataclass(frozen=True, slots=True)
class Copy:
    """One person's mail: whole lines, the first of them a header."""

    address: str
    mail: bytes


class TlsRefusedError(Exception):
    """A server that offers STARTTLS says no to it, in these words."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(quoted(code, text))
        self.code = code


def _protect(smtp: smtplib.SMTP) -> None:
    try:
        smtp.starttls(context=ssl.create_default_context())
    except smtplib.SMTPResponseException as error:
        raise TlsRefusedError(error.smtp_code, _bytes(error.smtp_error)) from error


def _log_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    """Log in; a clear no counts, whatever the server does when it is asked in another way.

    Raises what `smtplib` raises, and its `SMTPNotSupportedError` where no way is known to both.
    """
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if offered and _WAYS.isdisjoint(offered):
        ways = f"it offers {', '.join(offered)[:80]}, and we know {', '.join(sorted(_WAYS))}."
        raise smtplib.SMTPNotSupportedError(ways)
    refused: list[smtplib.SMTPAuthenticationError] = []
    told = smtp.auth

    def auth(mechanism: str, authobject: Any, **options: Any) -> tuple[int, bytes]:
        try:
            return told(mechanism, authobject, **options)
        except smtplib.SMTPAuthenticationError as error:
            refused.append(error)
            raise

    smtp.auth = auth  # type: ignore[method-assign]
    try:
        smtp.login(user, password)
    except (OSError, smtplib.SMTPException) as last:
        if isinstance(last, smtplib.SMTPAuthenticationError) and last.smtp_code not in CLOSING:
            raise
        clear = next((one for one in refused if one.smtp_code >= 500), None)
        if clear is not None:
            raise clear from None
        raise
    finally:
        del smtp.auth


def _bytes(said: bytes | str) -> bytes:
    return said.encode() if isinstance(said, str) else said


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
        size = smtp.esmtp_features.get("size", "").strip()
        self._most = int(size) if size.isdecimal() else 0  # bytes of a mail; 0: not told

    @classmethod
    def open(cls, options: Smtp, *, password: str, timeout: float) -> Session:
        """Connect, protect and log in; raises what `smtplib` and the system raise."""
        if options.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                options.host, options.port, timeout=timeout, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(options.host, options.port, timeout=timeout)
        try:
            if options.security == "starttls":
                _protect(smtp)
            smtp.ehlo_or_helo_if_needed()
            if options.user:
                _log_in(smtp, options.user, password)
        except BaseException:
            smtp.close()
            raise
        # A rate is kept by waiting for each copy's turn, and a server must not wait with us.
        return cls(smtp, ahead=not options.rate)

    def is_alive(self) -> bool:
        """Ask whether the server still listens, and has said nothing more than it was asked."""
        if self._has_words_left():
            return False
        try:
            return self._smtp.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _has_words_left(self) -> bool:
        """Say whether there is something to read that answers nothing, as a second “250” would."""
        file, sock = self._smtp.file, self._smtp.sock
        if file is None or sock is None:
            return False
        patience = sock.gettimeout()
        sock.settimeout(0)
        try:
            return bool(file.peek(1))
        except OSError:  # nothing, yet
            return False
        finally:
            sock.settimeout(patience)

    def quit(self) -> None:
        """Say goodbye and close."""
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()
        self._smtp.close()

    def close(self) -> None:
        """Close without a word; a copy that was not handed over completely is nobody's then."""
        self._smtp.close()

    def hand_over(self, copies: Iterable[Copy], *, sender: str) -> Iterator[Told]:
        """Hand over copies in order and tell of each, until the connection or one ends it all.

        Until its last byte is written the server has nothing of a copy; from then on only its
        answer tells. After an error the connection is of no further use.
        """
        for copy, following in _with_next(copies, ahead=self._ahead):
            told = self._begin(copy, sender=sender)
            if told is None:
                self._ask_for(following, sender=sender)
                told = self._answer()
            yield told
            if told.error is not None:
                return

    def _begin(self, copy: Copy, *, sender: str) -> Told | None:
        """Hand over a whole copy; None: now its answer counts."""
        if 0 < self._most < len(copy.mail):
            return too_large(len(copy.mail), most=self._most)
        try:
            told = self._open(copy.address, sender=sender)
        except (OSError, smtplib.SMTPException) as error:
            return lost_before(error)
        if told is not None:
            return told
        try:
            self._send(_content(copy.mail))
        except (OSError, smtplib.SMTPException) as error:
            return self._last_words(error) or lost_before(error)
        return None

    def _last_words(self, error: Exception) -> Told | None:
        """Read what a server said that ended the connection while it was given a copy."""
        if isinstance(error, TimeoutError):
            return None
        try:
            code, text = self._reply()
        except (OSError, smtplib.SMTPException):
            return None
        told = answered(code, text)
        if told.means in ("deferred", "refused"):  # right, but the connection is gone
            lost = Unreachable(
                said(
                    "The mail server ended the connection: %(sentence)s.",
                    sentence=quoted(code, text),
                )
            )
            return replace(told, means="ended", error=lost)
        is_clear = told.means != "taken" and not isinstance(told.error, Uncertain)
        return told if is_clear else None

    def _open(self, address: str, *, sender: str) -> Told | None:
        """Name sender and recipient and ask to begin; None: the server wants the content."""
        commands = self._commands(address, sender=sender)
        if self._pipelines:
            if self._asked != address:
                self._send("".join(commands))
            answers = self._replies(len(commands))
        else:
            answers = []
            for command in commands:
                self._send(command)
                answers.append(self._reply())
                if not is_yes(answers[-1][0], to=command):
                    break
        self._asked = None
        told = meaning(answers)
        if told is not None and told.error is None:
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
            self._send("".join(self._commands(following.address, sender=sender)))

    def _commands(self, address: str, *, sender: str) -> tuple[str, str, str]:
        body = "" if self.seven_bit else " BODY=8BITMIME"
        return (f"MAIL FROM:<{sender}>{body}\r\n", f"RCPT TO:<{address}>\r\n", "DATA\r\n")

    def _start_over(self, answers: list[tuple[int, bytes]]) -> None:
        """Leave a transaction that came to nothing, so that the next can begin."""
        if answers[-1][0] == GO_ON:
            self._send(b".\r\n")  # RFC 2920, 3.1: nothing for nobody
            self._reply()
        self._smtp.rset()

    def _reply(self) -> tuple[int, bytes]:
        """Read one answer; say at once that it came, for servers that wait before the next one.

        A server that writes its answers one by one and did not switch Nagle's algorithm off would
        wait 40 ms for our delayed acknowledgement between two of them.
        """
        if self._smtp.sock is None:
            raise smtplib.SMTPServerDisconnected(_OVER)
        if _QUICK is not None:
            self._smtp.sock.setsockopt(socket.IPPROTO_TCP, _QUICK, 1)
        code, text = self._smtp.getreply()
        for _ in range(_MOST_BLANKS):
            if code != _NO_CODE or text:
                break
            code, text = self._smtp.getreply()  # some servers put blank lines between answers
        return code, text

    def _send(self, data: str | bytes) -> None:
        """Write to the server. `SMTP.send` would close a connection that has words left to read."""
        if self._smtp.sock is None:
            raise smtplib.SMTPServerDisconnected(_OVER)
        self._smtp.sock.sendall(data.encode("ascii") if isinstance(data, str) else data)

    def _replies(self, count: int) -> list[tuple[int, bytes]]:
        """Read so many answers, or fewer when one of them ends the connection."""
        answers: list[tuple[int, bytes]] = []
        while len(answers) < count and not (answers and answers[-1][0] in CLOSING):
            answers.append(self._reply())
        return answers

    def _answer(self) -> Told:
        try:
            code, text = self._reply()
        except (OSError, smtplib.SMTPException) as error:
            doubt = Uncertain(said("The mail server did not answer for a copy it was given."))
            doubt.__cause__ = error
            return Told(None, "stop", error=doubt)
        return answered(code, text)


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


def _content(mail: bytes) -> bytes:
    """Write a copy as it travels: dots doubled at line starts, and the line that ends it."""
    return mail.replace(b"\r\n.", b"\r\n..") + b".\r\n"
