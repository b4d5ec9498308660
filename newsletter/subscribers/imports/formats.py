"""The exports of other programs: by which columns they are told apart, and what those hold.

A column that says whether somebody wants mail decides the state, also where it is a mere yes or
no, or the moment at which they left (`readings`). What is said in several columns counts as its
worst. The columns and words are those of the programs' own exports and documentation;
docs/subscribers.md says for each where that was looked up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from newsletter.core.model import SubscriberState
from newsletter.subscribers.imports.words import (
    ACTIVE,
    BOUNCED,
    COMPLAINED,
    PENDING,
    UNSUBSCRIBED,
    folded,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """How one program exports its list; columns are named by their keys."""

    name: str
    told_by: tuple[frozenset[str], ...]  # all columns of one of these are there
    fields: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, SubscriberState] = field(default_factory=dict)  # of its state, folded


def _sets(*groups: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(group.split()) for group in groups)


def _words(**said: str) -> Mapping[str, SubscriberState]:
    states = {"active": ACTIVE, "pending": PENDING, "unsubscribed": UNSUBSCRIBED}
    states |= {"bounced": BOUNCED, "complained": COMPLAINED}
    return {
        folded(word): states[state] for state, words in said.items() for word in words.split(", ")
    }


_MAILCHIMP = {
    "confirm_time": "signed_up",
    "unsub_time": "left_at",
    "unsub_reason": "left_at",
    "unsub_reason_other": "left_at",
    "clean_time": "bounced_at",
    **dict.fromkeys(("leid", "euid", "member_rating", "optin_ip", "confirm_ip"), "ignore"),
    **dict.fromkeys(("latitude", "longitude", "gmtoff", "dstoff", "last_changed"), "ignore"),
    "optin_time": "ignore",
    **dict.fromkeys(("unsub_campaign_title", "unsub_campaign_id"), "left_at"),
    **dict.fromkeys(("clean_campaign_title", "clean_campaign_id"), "bounced_at"),
}
OURS = Export(name="newsletter", told_by=_sets("email subscription frequency paused_until"))
EXPORTS = (
    OURS,  # comes first: its attributes may be called what they like
    Export(
        name="Mailchimp",
        told_by=_sets("leid euid", "optin_time confirm_time", "member_rating optin_time"),
        fields=_MAILCHIMP,
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
        told_by=_sets(
            "email active_subscription", "email email_disabled", "email stripe_plan cancel_date"
        ),
        fields={
            "email_disabled": "left_at",
            "created_at": "signed_up",
            "start_date": "signed_up",
            # Of a subscription that is paid for; who ends it still gets what is free.
            "active_subscription": "active_subscription",
            "cancel_date": "cancel_date",
            "digest_enabled": "digest_enabled",
        },
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
        name="ActiveCampaign",
        told_by=_sets(
            "email contact_id status",
            "email contact_id lists",
            "email contact_id date_created",
            "email subscriber_id status",
            "email bounced_hard status",  # what its interface gives, as a table
        ),
        fields={
            "contact_id": "ignore",
            "subscriber_id": "ignore",
            "status": "subscription",
            "contact_status": "subscription",
            "date_created": "signed_up",
            "unsubscribe_date": "left_at",
            "unsubscribe_reason": "left_at",
            "hard_bounces": "bounced_at",
            "bounced_hard": "bounced_at",
            "bounced_soft": "ignore",
        },
        words=_words(
            active="1, active, confirmed",
            pending="0, unconfirmed",
            unsubscribed="2, unsubscribed",
            bounced="3, bounced",
        ),
    ),
    Export(
        name="SendGrid",
        told_by=_sets("email contact_id created_at", "email alternate_emails"),
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
            "secondary_id": "ignore",
        },
        words=_words(  # who stopped paying still gets what is free
            active="regular, premium, trialed, unpaid, gifted, churning, churned, paused, "
            "past_due, upcoming, free, paid",
            pending="unactivated",
            unsubscribed="unsubscribed, removed, blocked, spammy, disabled",
            bounced="undeliverable, invalid",
            complained="complained",
        ),
    ),
    Export(
        name="Beehiiv",
        told_by=_sets(
            "email status utm_source",
            "email status subscription_tier",
            "email status tier stripe_customer_id",
            "email status tier unsubscribed_at",
        ),
        fields={
            "status": "subscription",
            "created_at": "signed_up",
            "subscribed_at": "signed_up",
            "unsubscribed_at": "left_at",
            "subscription_date_substack": "ignore",
            "stripe_customer_id": "ignore",
            "id": "ignore",
        },
        words=_words(
            active="active",
            pending="pending, validating, needs_attention, needs_approval, paused",
            unsubscribed="inactive",
            bounced="invalid",
        ),
    ),
    Export(
        name="MailerLite",
        told_by=_sets("subscriber subscribed", "email subscribed opens clicks"),
        fields={
            "subscriber": "email",
            "status": "subscription",
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
        words=_words(
            active="active, confirmed",
            pending="unconfirmed, pending, inactive",  # inactive: asked to confirm, and did not
            unsubscribed="cancelled",
            bounced="bounced",
            complained="complained",
        ),
    ),
    Export(
        name="Brevo",
        told_by=_sets("email email_blacklisted", "email sms_blacklisted", "email added_time"),
        fields={
            "added_time": "signed_up",
            "modified_time": "ignore",
            "email_blacklisted": "left_at",
            "sms_blacklisted": "ignore",
            "email_marketing": "subscription",
            "double_opt_in": "confirmed",
        },
    ),
    Export(
        name="Keila",
        told_by=_sets("email data status external_id", "email first_name last_name data status"),
        fields={"data": "document", "status": "subscription", "external_id": "ignore"},
        words=_words(active="active", unsubscribed="unsubscribed", bounced="unreachable"),
    ),
    Export(
        name="HubSpot",
        told_by=_sets(
            "email unsubscribed_from_all_email",
            "email marketing_contact_status",
            "record_id email lifecycle_stage",
            "portal_bounce portal_unsubscribe",  # its list of opt-outs and bounces
        ),
        fields={
            **dict.fromkeys(("portal_bounce", "global_bounce"), "bounced_at"),
            "portal_unsubscribe": "left_at",
            "portal_spam_report": "complained_at",
            "marketing_information": "opted_out",
            "record_id": "ignore",
            "contact_id": "ignore",
            "unsubscribed_from_all_email": "left_at",
            "marketing_contact_status": "subscription",
            "email_hard_bounce_reason": "bounced_at",
            "create_date": "signed_up",
        },
        words=_words(
            active="marketing contact, true, yes", pending="non-marketing contact, false, no"
        ),
    ),
    Export(
        name="Klaviyo",
        told_by=_sets("email email_marketing_consent", "email klaviyo_id"),
        fields={
            "email_marketing_consent": "opt_in",
            "email_marketing_consent_timestamp": "ignore",
            "email_suppressions": "left_at",
            "suppressed": "left_at",
            "sms_marketing_consent": "ignore",
            "klaviyo_id": "ignore",
            "date_added": "signed_up",
        },
    ),
    Export(
        name="Shopify",
        told_by=_sets("email accepts_email_marketing", "email accepts_marketing total_spent"),
        fields={
            "accepts_email_marketing": "opt_in",
            "accepts_marketing": "opt_in",
            "email_marketing_status": "opt_in",
            "accepts_sms_marketing": "ignore",
            "customer_id": "ignore",
            "id": "ignore",
            "state": "ignore",  # of the customer's account in the shop
        },
    ),
    Export(
        name="Campaign Monitor",
        told_by=_sets(
            "email_address name date_joined", "email name date_joined", "email_address date_joined"
        ),
        fields={
            "date_joined": "signed_up",
            "joined": "signed_up",
            "status": "subscription",
            "state": "subscription",
            "date_unsubscribed": "left_at",
            "permission_to_track": "ignore",
            "consent_to_track": "ignore",
        },
        words=_words(
            active="active, subscribed",
            pending="unconfirmed",
            unsubscribed="unsubscribed, deleted, suppressed",
            bounced="bounced",
            complained="marked as spam, spam",
        ),
    ),
    Export(
        name="phpList",
        told_by=_sets(
            "email confirmed blacklisted",
            "email is_this_subscriber_confirmed",
            "email is_this_subscriber_blacklisted",
            "email list_membership",
        ),
        fields={
            **dict.fromkeys(("confirmed", "is_this_subscriber_confirmed"), "confirmed"),
            **dict.fromkeys(("blacklisted", "is_this_subscriber_blacklisted"), "left_at"),
            **dict.fromkeys(("disabled", "is_this_account_disabled"), "left_at"),
            **dict.fromkeys(("bouncecount", "number_of_bounces"), "soft_bounces"),
            **dict.fromkeys(("optedin", "did_this_subscriber_manually_confirm"), "ignore"),
            **dict.fromkeys(("id", "uniqid", "uuid", "foreignkey", "foreign_key"), "ignore"),
            **dict.fromkeys(("modified", "last_modified"), "ignore"),
            "entered": "signed_up",
        },
    ),
    Export(
        name="Sendy",
        told_by=_sets("name email last_activity status", "email status last_activity"),
        fields={
            "status": "subscription",
            "last_activity": "ignore",
            "gdpr": "ignore",
        },
        words=_words(
            active="subscribed, confirmed",
            pending="unconfirmed",
            unsubscribed="unsubscribed, suppressed",
            bounced="bounced, soft bounced",
            complained="complained, marked as spam, spam",
        ),
    ),
    Export(
        name="Mailtrain",
        told_by=_sets("email cid status", "email hash_email status", "email cid"),
        fields={
            "cid": "ignore",
            "hash_email": "ignore",
            "status": "subscription",
            "created": "signed_up",
            "opt_in_ip": "ignore",
            "status_change": "ignore",
        },
        words=_words(
            active="1, subscribed",
            unsubscribed="2, unsubscribed",
            bounced="3, bounced",
            complained="4, complained",
        ),
    ),
    Export(
        name="Newsletter (WordPress)",
        told_by=_sets("email surname gender status token", "email surname sex status token"),
        fields={
            "status": "subscription",
            "date": "signed_up",
            **dict.fromkeys(("token", "ip", "referrer", "id", "wp_user_id"), "ignore"),
            **dict.fromkeys(("last_activity", "feed_by_mail", "follow_up"), "ignore"),
        },
        words=_words(active="c", pending="s", unsubscribed="u", bounced="b", complained="p"),
    ),
    Export(
        name="PrestaShop",
        told_by=_sets("email newsletter optin id_gender", "email_address enabled news opt"),
        fields={"optin": "optin", "opt": "opt"},  # consents to what partners send
    ),
    Export(
        name="Mautic",
        told_by=_sets(
            "email donotcontact", "email do_not_contact", "email points last_active firstname"
        ),
        fields={
            **dict.fromkeys(("donotcontact", "do_not_contact", "dnc"), "left_at"),
            **dict.fromkeys(("dateadded", "date_added"), "signed_up"),
        },
    ),
)


def recognise(keys: Collection[str]) -> Export | None:
    """Tell which program a header is from; None for a plain file."""
    there = frozenset(keys)
    return next((one for one in EXPORTS if any(told <= there for told in one.told_by)), None)


def words_of(export: str) -> Mapping[str, SubscriberState]:
    """Return what a program means by its own words for states; empty for any other."""
    return next((one.words for one in EXPORTS if one.name == export), {})
