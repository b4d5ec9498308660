"""The error tree. The class says who has to act, and whether trying again is safe.

    NewsletterError
    ├── UsageError            the command or a file of the publication is wrong            exit 2
    │   └── ConfigError       config.toml or the environment: key, file, line, what is allowed
    ├── InputError            a file that was handed in cannot be used; nothing changed    exit 1
    ├── ContentError          a source, a page or a template is at fault                   exit 1
    │   ├── SourceError       this source has no valid part today; the chain goes on
    │   └── TemplateError     a template cannot be rendered: file, line
    ├── PluginError           a source, provider or check has a fault of its own           exit 1
    ├── StorageError          the database cannot be used as it is                         exit 1
    │   ├── StorageAway       it does not answer, or takes no changes, for the moment
    │   ├── StorageBusy       another program holds what is needed; the same again later   exit 75
    │   └── StorageCollision  something is there already that excludes what was to be written
    ├── NothingToDo           all is done already                                          exit 3
    ├── Held                  a person is needed before this may go on                     exit 4
    │   └── Overtaken         somebody else changed it meanwhile; nothing was done
    ├── TryLater              nothing is wrong; the same command later goes on             exit 75
    └── DeliveryError         what a provider's answer means for one attempt               exit 1
        ├── NotSubmitted      the provider certainly took nothing
        │   ├── Throttled         wait at least until `until`, then the same batch again
        │   ├── Unreachable       the same batch again, with growing gaps
        │   ├── TooLarge          the batch again, in halves
        │   ├── RecipientRefused  one person is at fault and set aside; the rest again
        │   ├── MessageRefused    somebody or the message is at fault; find out by halves
        │   └── AccountRefused    key or sender is at fault: stop, a person is needed
        └── Uncertain         the provider may have taken it: never sent again blindly

Every error says what happened and where, and `hint` says what to do next. The place is data, too:
`where` holds file, line, key and part, so nobody reads them out of a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ends."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOTHING_TO_DO = 3
    HELD = 4
    TRY_LATER = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a fault lies; what is not known of it is empty."""

    file: str = ""  # as a person would type it: from the publication's folder on, or whole
    line: int | None = None  # of the file, from 1
    key: str = ""  # dotted: of config.toml, of edition.toml or of a story's front matter
    part: str = ""  # of an edition: "story", "fact", "quote" or "word"
    place: str = ""  # what a sentence calls it, where that is not the file
    leads: bool = True  # the sentence begins with it; False: it names the place itself

    @property
    def text(self) -> str:
        """Write the place as sentences begin with it: "content/stories/a.md, line 3"."""
        name = self.place or self.file
        if self.line is None:
            return name
        return f"{name}, line {self.line}" if name else f"Line {self.line}"

    @property
    def known(self) -> dict[str, str | int]:
        """Map `file`, `line`, `key` and `part` to their values, as far as they are known."""
        found = {"file": self.file, "line": self.line, "key": self.key, "part": self.part}
        return {name: value for name, value in found.items() if value}


NOWHERE = Where()


class NewsletterError(Exception):
    """Be the root of every error that is told to a person in a sentence.

    `sentence` is what is wrong. `what` is printed: the sentence behind its place, where `where`
    leads it.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, sentence: str, *, hint: str = "", where: Where = NOWHERE) -> None:
        lead = where.text if where.leads else ""
        self.sentence = sentence
        self.what = f"{lead}: {sentence}" if lead else sentence
        self.hint = hint
        self.where = where
        super().__init__(self.what)


class UsageError(NewsletterError):
    """The command, an option or a file name is wrong."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """config.toml or an environment variable is wrong."""


class InputError(NewsletterError):
    """A file that was handed in cannot be used; nothing was changed."""


class ContentError(NewsletterError):
    """A source, a page or a template is at fault."""


class SourceError(ContentError):
    """A source has no valid part for this date; the chain goes on with the next."""


class TemplateError(ContentError):
    """A template cannot be rendered; `where` has file and line, where they are known."""


class PluginError(NewsletterError):
    """A source, a provider or a check has a fault of its own; `where` has its file and line."""


class StorageError(NewsletterError):
    """The database cannot be used as it is."""


class StorageAway(StorageError):
    """The database does not answer, or takes no changes, for the moment."""


class StorageBusy(StorageError):
    """Another program holds what is needed; nothing was changed, and later it may work."""

    exit_code = ExitCode.TRY_LATER


class StorageCollision(StorageError):
    """Something is there already that excludes what was to be written; nothing was changed."""


class NothingToDo(NewsletterError):
    """Everything that was asked for is done already."""

    exit_code = ExitCode.NOTHING_TO_DO


class Held(NewsletterError):
    """A person has to decide or mend something before this may go on."""

    exit_code = ExitCode.HELD


class Overtaken(Held):
    """Somebody else changed it since it was looked at; nothing was done."""


class TryLater(NewsletterError):
    """Nothing is wrong; the same command goes on later."""

    exit_code = ExitCode.TRY_LATER


class DeliveryError(NewsletterError):
    """What a provider's answer, or its absence, means for one attempt."""

    def __init__(self, what: str, *, hint: str = "", status: int | None = None) -> None:
        super().__init__(what, hint=hint)
        self.status = status
        """The HTTP or SMTP status, where there was an answer."""


class NotSubmitted(DeliveryError):
    """The provider certainly took nothing of this attempt."""


class Throttled(NotSubmitted):
    """The provider asks everyone to wait: until `until`, or for a time it did not name."""

    def __init__(self, what: str, *, until: datetime | None, status: int | None = None) -> None:
        super().__init__(what, status=status)
        self.until = until


class Unreachable(NotSubmitted):
    """No connection, or the request was never completely handed over."""


class TooLarge(NotSubmitted):
    """The request is over the provider's size limit."""


class RecipientRefused(NotSubmitted):
    """The provider names one recipient of the attempt, by index in `Attempt.recipients`."""

    def __init__(self, what: str, *, index: int, status: int | None = None) -> None:
        super().__init__(what, status=status)
        self.index = index


class MessageRefused(NotSubmitted):
    """The provider refuses the request without naming anybody."""


class AccountRefused(NotSubmitted):
    """Key, permission, quota or sender is at fault; every further batch would fail alike."""


class Uncertain(DeliveryError):
    """The provider may have taken the attempt."""
