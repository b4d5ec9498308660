"""Where sends are made: an edition in order is frozen once, handed over, and gone on with."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from newsletter.content.repeats import uses
from newsletter.core import calendar, segments
from newsletter.core.calendar import Timetable
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.model import Send, SendKind, SendStatus
from newsletter.core.model.records import SendView
from newsletter.core.model.waves import CanaryPlan, Group, groups
from newsletter.delivery import handover, owner, preconditions, warmup
from newsletter.delivery import plan as delivery_plan
from newsletter.delivery.alerts import Alerts
from newsletter.delivery.attempts import Content
from newsletter.delivery.handover import Outcome
from newsletter.delivery.health import Limits, Watch
from newsletter.delivery.lease import Lease
from newsletter.delivery.preconditions import SendRequest
from newsletter.delivery.provider import Provider
from newsletter.delivery.readiness import Proving, Rehearsal, loaded_aside
from newsletter.delivery.restored import RestoredGuard
from newsletter.delivery.run import Pace, Stay
from newsletter.delivery.scheduled import ScheduledDelivery
from newsletter.delivery.sender import Sender
from newsletter.delivery.worker import Worker, for_a_minute, refuse_to_work
from newsletter.editions import proofs, record
from newsletter.editions.approvals import refuse_unapproved
from newsletter.editions.proofs import Proof
from newsletter.storage.approvals import ApprovalRecords
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.sends.freezing import Freeze, Mornings
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.sends.recalls import RecallRecords
from newsletter.storage.used_content import FrozenContent

_AS_LONG_AS_IT_TAKES = Stay()
log = logging.getLogger(__name__)


def _no_progress(_view: SendView) -> None:
    return None


def _never() -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Sends:
    """The sends of one publication."""

    settings: Settings
    ledger: Ledger
    attempts: Attempts
    records: RecallRecords
    clock: Clock
    proofs: Proving
    approvals: ApprovalRecords
    kind: SendKind = SendKind.EDITION
    provider: Callable[[], Provider]  # made when it is needed first
    alerts: Alerts
    restored: RestoredGuard

    def today(self) -> date:
        """Return the publication date of this moment, in the publication's zone."""
        return calendar.today(self.settings.publication.zone, self.clock.now())

    @property
    def timetable(self) -> Timetable:
        """Return the schedule, with the zones of the readers where their mornings count."""
        timetable = self._own_timetable
        if self.settings.schedule.zone == "publication":
            return timetable
        return replace(timetable, readers=frozenset(self._zones()))

    @property
    def _own_timetable(self) -> Timetable:
        """Return when what is sent here is due."""
        weekly = self.settings.weekly_timetable if self.kind is SendKind.WEEKLY else None
        return weekly or self.settings.timetable

    def waves(self, day: date) -> tuple[Group, ...]:
        """Say how many readers would be due when on a date, as the list is now."""
        counts = self._zones()
        return groups(counts, calendar.mornings(self._own_timetable, day, counts))

    def _zones(self) -> Mapping[str, int]:
        publication = self.settings.publication.id
        return self.ledger.zones(publication, self.settings.delivery.segment)

    def rests_until(self, send: Send) -> datetime | None:
        """Return the moment the next wave of a send may be handed over; see `tick.rests_until`."""
        return delivery_plan.rests_until(self.ledger.view(send.id), lead=self.settings.lead)

    def find(self, day: date) -> Send | None:
        """Look up the send of an edition."""
        return self.ledger.find(self.settings.publication.id, day, self.kind)

    def unfinished(self, *, before: date) -> tuple[date, ...]:
        """List the editions of earlier dates whose send is still open, oldest first."""
        return self.ledger.unfinished(self.settings.publication.id, before=before, kind=self.kind)

    def is_wanted(self, day: date) -> bool:
        """Say whether anybody would get what goes out on a date."""
        return self.ledger.audience(self._audience(SendRequest(day=day))) > 0

    def rehearse(self, request: SendRequest) -> Rehearsal:
        """Do everything of a send but freeze and deliver."""
        preconditions.refuse_other_segment(self.find(request.day), request.segment, self.ledger)
        proof = self._ready_to_freeze(request)
        audience = self._audience(request)
        wanting = self.ledger.audience(audience)
        recipients = min(wanting, self._cap(request.day) or wanting)
        return Rehearsal(
            proof=proof,
            segment=audience.segment,
            recipients=recipients,
            outside=self.ledger.audience(replace(audience, segment="")) - recipients,
        )

    def start(
        self,
        request: SendRequest,
        *,
        progress: Callable[[SendView], None] = _no_progress,
        wants_to_stop: Callable[[], bool] = _never,
        stay: Stay = _AS_LONG_AS_IT_TAKES,
    ) -> Outcome:
        """Freeze and deliver the edition of a date; called again it goes on where it stopped.

        Raises `NothingToDo` when it is complete, `Held` when a person is needed, `TryLater` when
        the same call later goes on.
        """
        with loaded_aside():
            send = self._begun(request)
            sender = self._sender(
                send, leads=True, wants_to_stop=wants_to_stop, progress=progress, stay=stay
            )
            ids = {"event": "delivery.send.leads", "send": send.id, "edition": send.edition}
            log.info("It is handed over to %s recipients.", send.recipients, extra=ids)
            view = handover.deliver(sender, request.day)
        return Outcome(send=send, view=view, submitted=sender.submitted, made_room=sender.made_room)

    def _begun(self, request: SendRequest) -> Send:
        """Return the send of an edition, frozen by now, which may go on."""
        self.wake(request.day)
        send = self.find(request.day)
        preconditions.refuse_other_segment(send, request.segment, self.ledger)
        preconditions.refuse_if_done(send, self.ledger)
        self._refuse_unfit_provider()
        if send is None:
            send = self.freeze(request)
            # Another process may have been first, and for others.
            preconditions.refuse_other_segment(send, request.segment, self.ledger)
        else:
            if request.day < self.today():
                self._refuse_if_not_yet(request)
            handover.look_up_doubts(send, self.provider(), self.attempts, now=self.clock.now())
        preconditions.refuse_other_provider(send, self.provider())
        return send

    def bring_forward(self, request: SendRequest) -> int:
        """Let nobody of a begun send wait for their own moment; say how many did.

        As `--now` and `--late` ask for; the canary is judged first all the same. What was handed
        over ahead already goes out at the moment it was handed over for.
        """
        send = self.find(request.day) if request.at_once or request.late else None
        if send is None or send.status is not SendStatus.OPEN:
            return 0
        preconditions.refuse_other_segment(send, request.segment, self.ledger)
        if request.day < self.today():
            self._refuse_if_not_yet(request)
        due_at = self.clock.now() + self.settings.lead
        wait = timedelta(minutes=self.settings.delivery.canary.wait) + self.settings.lead
        return self.ledger.bring_forward(send.id, due_at=due_at, behind_canary=wait)

    def wake(self, day: date | None = None) -> tuple[date, ...]:
        """Plan again who was deferred and may be tried by now, of all sends or of a date's.

        Who waited for too long is listed. Returns the editions somebody waited of.
        """
        found = self.ledger.waiting(self.settings.publication.id, self.kind)
        days = tuple(found) if day is None else tuple({day} & found.keys())
        for one in days:
            self.attempts.wake(found[one], now=self.clock.now())
        return days

    def worker(self, *, wants_to_stop: Callable[[], bool] = _never) -> Worker:
        """Make a worker, which shares the open sends with others.

        Raises `ConfigError` where it could not work, or not for this publication.
        """
        refuse_to_work(self.settings, self.ledger)
        self._refuse_unfit_provider()
        provider = self.provider()

        def sender_for(send: Send) -> Sender:
            preconditions.refuse_other_provider(send, provider)
            # A lease of its own: what a sender that failed left claimed, nobody renews.
            return self._sender(send, leads=False, wants_to_stop=wants_to_stop)

        since = for_a_minute(self.open_since, self.clock)  # it counts the readers of each zone
        return Worker(
            open_sends=lambda: self.due_sends(since()),
            sender_for=sender_for,
            clock=self.clock,
            wants_to_stop=wants_to_stop,
        )

    def open_since(self) -> date:
        """Return the earliest date whose send may be gone on with unasked."""
        return calendar.open_days(self.timetable, self.clock.now())[0]

    def due_sends(self, since: date) -> tuple[Send, ...]:
        """List the open sends since a date, and earlier ones that a leader goes on with.

        What an earlier date left open is a person's to go on with; once somebody leads it again,
        somebody did.
        """
        now, found = self.clock.now(), self.ledger.open_sends(self.settings.publication.id)
        return tuple(send for send in found if send.edition >= since or send.is_led(now))

    def freeze(self, request: SendRequest) -> Send:
        """Write the send of an edition that may go out now; what `start` does first."""
        proof = self._ready_to_freeze(request)
        provider = self.provider()
        self.restored.refuse_doubtful(request.day, self.timetable)
        self.proofs.keep(proof)
        now = self.clock.now()
        self.restored.marks.begin(request.day, digest=proof.message.digest, now=now)
        return self.ledger.freeze(
            Freeze(
                audience=self._audience(request),
                kind=self.kind,
                message=proof.message,
                provider=provider.name,
                batch_size=min(self.settings.delivery.batch_size, provider.max_recipients),
                due_at=self._due_at(request),
                mornings=self._mornings(request),
                canary=self._canary(),
                cap=self._cap(request.day),
                content=self._content(proof),
            ),
            now=now,
        )

    def _content(self, proof: Proof) -> FrozenContent | None:
        """Return what a freeze keeps besides the message; a digest uses nothing up."""
        if self.kind is not SendKind.EDITION:
            return None
        return FrozenContent(record.frozen(proof.edition), uses(proof.edition))

    def scheduled(self) -> ScheduledDelivery:
        """Return who hands over ahead and recalls; raises `ConfigError` where there is nobody."""
        return ScheduledDelivery(
            recalls=handover.recalls_of(self.provider()),
            records=self.records,
            clock=self.clock,
            lead=self.settings.lead,
            settle=timedelta(seconds=self.settings.delivery.timeout),
        )

    def _refuse_unfit_provider(self) -> None:
        """Refuse a provider that cannot be opened, or not recall. Raises `ConfigError`."""
        if self.settings.delivery.mode == "scheduled":
            handover.recalls_of(self.provider())

    def _watch(self) -> Watch:
        limits = self.settings.delivery.canary
        return Watch(
            ledger=self.ledger,
            clock=self.clock,
            limits=Limits(
                bounced=limits.most_bounced,
                complained=limits.most_complained,
                blocked=limits.most_blocked,
            ),
            alerts=self.alerts,
        )

    def _cap(self, day: date) -> int | None:
        plan = self.settings.delivery
        return warmup.cap(
            day, daily=plan.daily_cap, warm_up_from=plan.warm_up_from, ramp=plan.warm_up
        )

    def _canary(self) -> CanaryPlan:
        """Say who goes first; the others are handed over only when that is judged."""
        plan, lead = self.settings.delivery.canary, self.settings.lead
        return CanaryPlan(
            share=plan.share,
            wait=timedelta(minutes=plan.wait) + lead,
            earliest=self.clock.now() + lead,
        )

    def _due_at(self, request: SendRequest) -> datetime:
        """Say when readers are to have it: when it is due, or as soon as may be."""
        due = calendar.edition_due(self.timetable, request.day)
        if due is None or request.at_once or request.late:
            return self.clock.now() + self.settings.lead
        return due.at

    def _mornings(self, request: SendRequest) -> Mornings | None:
        """Return each reader's own morning, where it counts and is waited for."""
        if self.settings.schedule.zone == "publication" or request.at_once or request.late:
            return None
        return partial(calendar.mornings, self._own_timetable, request.day)

    def _ready_to_freeze(self, request: SendRequest) -> Proof:
        self._refuse_if_not_yet(request)
        proof = self.proofs.prove_best(request.day)
        proof.refuse_errors()
        # A digest has no word in it that was not in an edition which somebody approved.
        is_asked = proof.needs_approval(self.settings.schedule.approval)
        if is_asked and self.kind is SendKind.EDITION:
            refuse_unapproved(request.day, proof.message.digest, self.approvals.find(request.day))
        preconditions.refuse_missing_values(proof.message, self._audience(request), self.ledger)
        return proof

    def _audience(self, request: SendRequest) -> Audience:
        """Say whom the edition is for: a request's own segment, or the publication's."""
        segment = self.settings.delivery.segment if request.segment is None else request.segment
        return Audience(
            publication=self.settings.publication.id,
            edition=request.day,
            segment=segments.as_written(segment),
            kind=self.kind,
            weekly_apart=self.settings.schedule.has_digest,
        )

    def _refuse_if_not_yet(self, request: SendRequest) -> None:
        due = calendar.edition_due(self.timetable, request.day)
        preconditions.refuse_if_not_yet(request, due=due, today=self.today(), now=self.clock.now())

    def _window(self, day: date) -> timedelta:
        """Return how long the catch-up window of a date is."""
        due = calendar.due(self.timetable, day)
        return due.until - due.at

    def _sender(
        self,
        send: Send,
        *,
        leads: bool,
        wants_to_stop: Callable[[], bool],
        progress: Callable[[SendView], None] = _no_progress,
        stay: Stay = _AS_LONG_AS_IT_TAKES,
    ) -> Sender:
        """Make the loop that hands over what is planned of a send, under a lease of its own."""
        plan, publication = self.settings.delivery, self.settings.publication
        return Sender(
            ledger=self.ledger,
            lease=Lease(
                attempts=self.attempts,
                clock=self.clock,
                send_id=send.id,
                owner=owner.this_process(),
                leads=leads,
                is_gone=owner.is_gone,
            ),
            provider=self.provider(),
            clock=self.clock,
            content=Content(
                envelope=proofs.envelope(publication, send.edition, send.kind),
                message=self.ledger.message(send.id),
                unsubscribe_base=publication.url,
            ),
            pace=Pace(
                parallel=plan.parallel,
                give_up_after=timedelta(seconds=plan.give_up_after),
                stay=stay,
                window=self._window(send.edition),
            ),
            scheduled=self.scheduled() if plan.mode == "scheduled" else None,
            watch=self._watch(),
            wants_to_stop=wants_to_stop,
            progress=progress,
        )
