"""The exports of other programs: by which columns they are told apart, and what those hold.

A column that says whether somebody wants mail decides the state, also where it is a mere yes or
no, or the moment at which they left. What is said in several columns counts as its worst. The
columns are those of the programs' own exports and import pages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from newsletter.core.model import SubscriberState

_ACTIVE, _UNSUBSCRIBED = SubscriberState.ACTIVE, SubscriberState.UNSUBSCRIBED
_PENDING, _BOUNCED = SubscriberState.PENDING, SubscriberState.BOUNCED
_COMPLAINED = SubscriberState.COMPLAINED
WORDS: Mapping[str, SubscriberState] = {
    "": _ACTIVE,
    **dict.fromkeys(("active", "subscribed", "confirmed", "enabled", "regular"), _ACTIVE),
    **dict.fromkeys(("premium", "free", "paid", "trialed"), _ACTIVE),
    **dict.fromkeys(("pending", "unconfirmed", "unactivated", "validating"), _PENDING),
    **dict.fromkeys(
        ("unsubscribed", "opted out", "inactive", "cancelled", "canceled"), _UNSUBSCRIBED
    ),
    **dict.fromkeys(("disabled", "removed", "blocklisted", "blocked", "archived"), _UNSUBSCRIBED),
    **dict.fromkeys(("bounced", "cleaned", "undeliverable", "invalid"), _BOUNCED),
    **dict.fromkeys(("complained", "spam", "junk", "complaint"), _COMPLAINED),
}
"""What the words of a subscription column mean."""

_YES = ("true", "yes", "1", "y", "t")
_NO = ("false", "no", "0", "n", "f")
FLAGS: Mapping[str, Mapping[str, SubscriberState]] = {
    "wants_mail": {
        "": _ACTIVE,
        **dict.fromkeys(_YES, _ACTIVE),
        **dict.fromkeys(_NO, _UNSUBSCRIBED),
    },
    "wants_no_mail": {
        "": _ACTIVE,
        **dict.fromkeys(_NO, _ACTIVE),
        **dict.fromkeys(_YES, _UNSUBSCRIBED),
    },
}
"""Columns of yes and no; any other word is refused."""
MOMENTS: Mapping[str, SubscriberState] = {"left_at": _UNSUBSCRIBED, "bounced_at": _BOUNCED}
"""Columns that hold a moment once something happened, and nothing before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """How one program exports its list; columns are named by their keys."""

    name: str
    told_by: tuple[frozenset[str], ...]  # all columns of one of these are there
    fields: Mapping[str, str] = field(default_factory=dict)


def _sets(*groups: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(group.split()) for group in groups)


_MAILCHIMP = {
    "confirm_time": "signed_up",
    "unsub_time": "left_at",
    "clean_time": "bounced_at",
    **dict.fromkeys(("leid", "euid", "member_rating", "optin_ip", "confirm_ip"), "ignore"),
    **dict.fromkeys(("latitude", "longitude", "gmtoff", "dstoff", "last_changed"), "ignore"),
    **dict.fromkeys(("optin_time", "unsub_campaign_title", "unsub_campaign_id"), "ignore"),
}
OURS = Export(name="newsletter", told_by=_sets("email subscription frequency paused_until"))
EXPORTS = (
    OURS,  # comes first: its attributes may be called what they like
    Export(
        name="Mailchimp", told_by=_sets("leid euid", "optin_time confirm_time"), fields=_MAILCHIMP
    ),
    Export(
        name="Ghost",
        told_by=_sets("email subscribed_to_emails"),
        fields={
            "subscribed_to_emails": "wants_mail",
            "labels": "tags",
            "created_at": "signed_up",
            "id": "ignore",
            "stripe_customer_id": "ignore",
            "deleted_at": "ignore",
        },
    ),
    Export(
        name="Substack",
        told_by=_sets("email active_subscription", "email email_disabled"),
        fields={"email_disabled": "wants_no_mail", "created_at": "signed_up"},
    ),
    Export(
        name="listmonk",
        told_by=_sets("uuid email attributes status", "uuid email attribs status"),
        fields={
            "uuid": "ignore",
            "attributes": "document",
            "attribs": "document",
            "status": "subscription",
            "created_at": "signed_up",
            "updated_at": "ignore",
        },
    ),
    Export(
        name="SendGrid",
        told_by=_sets("email contact_id", "email alternate_emails"),
        fields={
            "contact_id": "ignore",
            "created_at": "signed_up",
            "updated_at": "ignore",
            "alternate_emails": "ignore",
        },
    ),
    Export(
        name="Buttondown",
        told_by=_sets("email_address creation_date", "email creation_date", "email metadata tags"),
        fields={
            "type": "subscription",
            "subscriber_type": "subscription",
            "creation_date": "signed_up",
            "unsubscription_date": "left_at",
            "metadata": "document",
            "id": "ignore",
        },
    ),
    Export(
        name="Beehiiv",
        told_by=_sets("email status utm_source", "email status subscription_tier"),
        fields={
            "status": "subscription",
            "created_at": "signed_up",
            "subscribed_at": "signed_up",
            "unsubscribed_at": "left_at",
            "id": "ignore",
        },
    ),
    Export(
        name="MailerLite",
        told_by=_sets("subscriber subscribed", "email subscribed opens clicks"),
        fields={
            "subscriber": "email",
            "subscribed": "signed_up",
            "unsubscribed": "left_at",
            "groups": "tags",
            "opens": "ignore",
            "clicks": "ignore",
        },
    ),
    Export(
        name="Kit",
        told_by=_sets("first_name email_address created_at", "first_name email created_at tags"),
        fields={
            "status": "subscription",
            "state": "subscription",
            "created_at": "signed_up",
            "id": "ignore",
        },
    ),
)


def recognise(keys: Collection[str]) -> Export | None:
    """Tell which program a header is from; None for a plain file."""
    there = frozenset(keys)
    return next((one for one in EXPORTS if any(told <= there for told in one.told_by)), None)
