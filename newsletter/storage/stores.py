"""What a publication keeps, opened: each part of the storage is made when it is asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from newsletter.core.clock import Clock

if TYPE_CHECKING:
    from newsletter.core.config.settings import Settings
    from newsletter.storage.approvals import ApprovalRecords
    from newsletter.storage.archive import Archive
    from newsletter.storage.database import Database
    from newsletter.storage.imports.undo import Imports
    from newsletter.storage.quiet import QuietReaders
    from newsletter.storage.retention import Retention
    from newsletter.storage.sends.attempts import Attempts
    from newsletter.storage.sends.ledger import Ledger
    from newsletter.storage.sends.recalls import RecallRecords
    from newsletter.storage.sends.recent import RecentSends
    from newsletter.storage.single_mails import SingleMails
    from newsletter.storage.site.answers import Answers
    from newsletter.storage.subscribers.circles import Circles
    from newsletter.storage.subscribers.store import Subscribers
    from newsletter.storage.used_content import UsedContent


class Stores:
    """The database of one publication, and what speaks to it."""

    settings: Settings
    clock: Clock

    @cached_property
    def database(self) -> Database:
        """The database, brought to this version, with the list of this publication."""
        from newsletter.storage.opening import open_list

        settings = self.settings
        return open_list(
            settings.database_url,
            settings.database,
            publication=settings.publication.id,
            now=self.clock.now(),
        )

    @cached_property
    def subscribers(self) -> Subscribers:
        """The list."""
        from newsletter.storage.subscribers import suppressions
        from newsletter.storage.subscribers.store import Subscribers
        from newsletter.subscribers.erasure import SECRET_KEY, marks_of

        key = self.settings.secret(SECRET_KEY)
        if not key:
            return Subscribers(self.database, self.settings.publication.id)
        marks = marks_of(key)
        suppressions.renew(self.database, marks)
        return Subscribers(self.database, self.settings.publication.id, marker=marks)

    @cached_property
    def circles(self) -> Circles:
        """The list as five circles of readers."""
        from newsletter.storage.subscribers.circles import Circles

        return Circles(self.database, self.settings.publication.id)

    @cached_property
    def recent_sends(self) -> RecentSends:
        """The newest sends, for people to look at."""
        from newsletter.storage.sends.recent import RecentSends

        return RecentSends(self.database, self.settings.publication.id)

    @cached_property
    def quiet(self) -> QuietReaders:
        """The readers who show no sign of life."""
        from newsletter.storage.quiet import QuietReaders

        return QuietReaders(self.database, self.settings.publication.id)

    @cached_property
    def imports(self) -> Imports:
        """The record of imports."""
        from newsletter.storage.imports.undo import Imports

        return Imports(self.database, self.settings.publication.id)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of sends."""
        from newsletter.storage.sends.ledger import Ledger

        return Ledger(self.database)

    @cached_property
    def retention(self) -> Retention:
        """The rows that may be old."""
        from newsletter.storage.retention import Retention

        return Retention(self.database, self.settings.publication.id)

    @cached_property
    def attempts(self) -> Attempts:
        """The record of attempts, which senders share."""
        from newsletter.storage.sends.attempts import Attempts

        return Attempts(self.database)

    @cached_property
    def recall_records(self) -> RecallRecords:
        """The record of what was handed over ahead of its moment."""
        from newsletter.storage.sends.recalls import RecallRecords

        return RecallRecords(self.database)

    @cached_property
    def approval_records(self) -> ApprovalRecords:
        """The record of approvals."""
        from newsletter.storage.approvals import ApprovalRecords

        return ApprovalRecords(self.database, self.settings.publication.id)

    @cached_property
    def used_content(self) -> UsedContent:
        """The no-repeat ledger, and the editions as they were frozen."""
        from newsletter.storage.used_content import UsedContent

        return UsedContent(self.database, self.settings.publication.id)

    @cached_property
    def single_mails(self) -> SingleMails:
        """The outbox of single mails; `put` belongs into the transaction that causes one."""
        from newsletter.storage.single_mails import SingleMails

        return SingleMails(self.database, self.settings.publication.id)

    @cached_property
    def answers(self) -> Answers:
        """What readers say, read; only the site itself writes to whoever said it."""
        from newsletter.storage.site.answers import Answers

        name = self.settings.publication.id
        return Answers(self.database, name, mails=self.single_mails, marker=None)

    @cached_property
    def archive(self) -> Archive:
        """The editions that were sent."""
        from newsletter.storage.archive import Archive

        return Archive(self.database, self.settings.publication.id)
