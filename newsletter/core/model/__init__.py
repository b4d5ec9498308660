"""Frozen values, by stage of life: content, edition, message, subscriber, recipient, attempt.

Times are aware and in UTC unless a name says `local`. The words are those of docs/glossary.md.
"""

from newsletter.core.model.content import (
    Acceptance,
    Attempted,
    CorrectionNote,
    Credit,
    Edition,
    Fact,
    Image,
    Markup,
    NoStory,
    OtherFeature,
    Part,
    Provenance,
    Quote,
    Repeat,
    Story,
    SubjectTrial,
    Supply,
    Word,
)
from newsletter.core.model.message import Envelope, MergeField, Message
from newsletter.core.model.recipients import People, Recipient, Recipients
from newsletter.core.model.sends import (
    Attempt,
    BatchState,
    Booking,
    Claim,
    Send,
    SendKind,
    SendStatus,
    SetAside,
    Submission,
)
from newsletter.core.model.subscribers import Frequency, Profile, Subscriber, SubscriberState

__all__ = [
    "Acceptance",
    "Attempt",
    "Attempted",
    "BatchState",
    "Booking",
    "Claim",
    "CorrectionNote",
    "Credit",
    "Edition",
    "Envelope",
    "Fact",
    "Frequency",
    "Image",
    "Markup",
    "MergeField",
    "Message",
    "NoStory",
    "OtherFeature",
    "Part",
    "People",
    "Profile",
    "Provenance",
    "Quote",
    "Recipient",
    "Recipients",
    "Repeat",
    "Send",
    "SendKind",
    "SendStatus",
    "SetAside",
    "Story",
    "SubjectTrial",
    "Submission",
    "Subscriber",
    "SubscriberState",
    "Supply",
    "Word",
]
