"""The rendered edition as a value: message, merge fields, and the envelope it goes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from newsletter.core.model.content import SubjectTrial

EDITION = "edition"  # the kind of mail that most of it is

# --- message -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeField:
    """A value of the reader's that is put into the message by the provider.

    The same value goes into HTML escaped and into subject and text plain, so a field has two
    tags. Tags are unguessable per message; no tag is part of another (see `merge`).
    """

    name: str  # one of `merge.BUILT_IN`, or "attributes.<key>"
    html_tag: str
    text_tag: str
    fallback: str | None = None  # None: every recipient must have a value


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The rendered edition, with merge tags still in it. Rendered once, for everyone."""

    subject: str
    preheader: str
    html: str
    text: str
    fields: tuple[MergeField, ...] = ()
    trial: SubjectTrial | None = None  # a second subject, for a share of the audience
    digest: str = ""  # SHA-256 over all of the above, hexadecimal; see `merge.digest`

    @property
    def html_bytes(self) -> int:
        """Count the HTML part as it travels."""
        return len(self.html.encode())

    @property
    def text_bytes(self) -> int:
        """Count the text part as it travels."""
        return len(self.text.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """What a mail to one person has in place of what mails to a list have in common."""

    key: str  # no other mail of its kind has it
    headers: tuple[tuple[str, str], ...] = ()  # ASCII, one line each
    is_of_list: bool = False  # it carries an edition, and so the list's headers besides


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who a message comes from, the same for every recipient."""

    sender_name: str
    sender_email: str
    reply_to: str | None
    list_id: str  # RFC 2919: "Name <id.host>"
    edition: date
    publication: str  # the id of config.toml
    kind: str = EDITION  # else another `SendKind`, or the `MailKind` of a single mail
    single: Single | None = None  # None: the mail goes to a list
