"""SendGrid's v3 Web API: one POST /v3/mail/send per attempt.

`payload` says what is sent, `answers` what comes back means; this module puts them together.
"""

from __future__ import annotations

import orjson
from sendgrid import SendGridAPIClient

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import DeliveryError, MessageRefused, RecipientRefused
from newsletter.core.http.answer import Answer, HttpFailure
from newsletter.core.http.client import HttpClient
from newsletter.core.model import Attempt, Submission
from newsletter.core.sentences import said
from newsletter.delivery.provider import Provider
from newsletter.delivery.providers.sendgrid import activity, answers, payload
from newsletter.delivery.providers.sendgrid.client import api_key, connect, open_wire
from newsletter.delivery.providers.sendgrid.recalls import BatchRecalls

SECRETS = ("SENDGRID_API_KEY", "SENDGRID_WEBHOOK_PUBLIC_KEY")


def make(settings: Settings, clock: Clock) -> Provider:
    """Return the provider. Raises `ConfigError` when the key is missing or cannot be one."""
    return over(open_wire(settings, connections=settings.delivery.parallel), settings, clock)


def over(wire: HttpClient, settings: Settings, clock: Clock) -> Provider:
    """Return the provider over a wire that is given. Raises what `make` raises."""
    key = api_key(settings)
    sdk = connect(
        key=key,
        base_url=settings.sendgrid.base_url,
        wire=wire,
        timeout=settings.delivery.timeout,
        on_behalf_of=settings.sendgrid.on_behalf_of,
    )
    return _SendGrid(sdk=sdk, wire=wire, key=key, settings=settings, clock=clock)


class _SendGrid(BatchRecalls):
    """The provider `sendgrid`."""

    name = "sendgrid"
    max_recipients = payload.MOST_RECIPIENTS

    def __init__(
        self,
        *,
        sdk: SendGridAPIClient,
        wire: HttpClient,
        key: str,
        settings: Settings,
        clock: Clock,
    ) -> None:
        super().__init__(sdk, self._meaning)
        self._wire = wire
        self._key = key
        self._sender = settings.publication.sender.email
        self._ip_pool = settings.sendgrid.ip_pool_name
        self._clock = clock

    def problems(self, attempt: Attempt) -> dict[int, str]:
        """Say whom SendGrid would refuse, by their index, and why. Pure."""
        return payload.problems(attempt)

    def fits(self, attempt: Attempt) -> bool:
        """Say whether the attempt is within SendGrid's limits. Pure."""
        return payload.fits(attempt)

    def submit(self, attempt: Attempt) -> Submission:
        """Hand over one attempt with one request; see `answers.read` for what may be raised."""
        body = _body(attempt, ip_pool=self._ip_pool)
        try:
            answer: Answer = self._sdk.client.mail.send.post(request_body=body)
        except HttpFailure as failure:
            raise answers.lost(failure) from failure
        asked = answers.Asked(
            recipients=len(attempt.recipients),
            key=self._key,
            sender=attempt.envelope.sender_email,
        )
        return answers.read(answer, asked, now=self._clock.now())

    def look_up(self, attempt_id: str) -> str | None:
        """Ask Email Activity for proof that an attempt was taken; see `activity`."""
        return activity.look_up(self._sdk, attempt_id)

    def close(self) -> None:
        """Close the connections; harmless when called twice."""
        self._wire.close()

    def _meaning(self, answer: Answer) -> DeliveryError:
        asked = answers.Asked(recipients=0, key=self._key, sender=self._sender)
        return answers.meaning(answer, asked, now=self._clock.now())


def _body(attempt: Attempt, *, ip_pool: str | None) -> bytes:
    """Build the request, or refuse what SendGrid is sure to refuse."""
    try:
        return payload.payload(attempt, ip_pool=ip_pool)
    except orjson.JSONEncodeError as error:
        for index, problem in sorted(payload.problems(attempt).items()):
            raise RecipientRefused(problem, index=index) from error
        raise MessageRefused(said("The attempt cannot be written as JSON.")) from error
