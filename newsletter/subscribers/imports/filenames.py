"""What the name of a file says of the people in it, and lists of who must not be mailed. Pure.

Some programs write a file for each state, and say it in the file's name alone. Lists of bounces,
blocks, reports and opt-outs have hardly a column beside the address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from newsletter.core.model import SubscriberState
from newsletter.core.sentences import said
from newsletter.subscribers.imports.columns import FILE_NAME, Columns, key_of
from newsletter.subscribers.imports.questions import PENDING_ANSWER, Asked, Question
from newsletter.subscribers.imports.words import (
    ACTIVE,
    BOUNCED,
    PENDING,
    UNSUBSCRIBED,
    folded_name,
)

# As Mailchimp names its files: `cleaned_members_export_…csv`, `unsubscribed_segment_export_…csv`.
_OF_STATE = re.compile(
    r"\b(?:(?P<subscribed>subscribed)|(?P<unsubscribed>unsubscribed|archived|deleted)"
    r"|(?P<bounced>cleaned)|(?P<pending>non ?subscribed|transactional|pending))"
    r"(?: email)?(?: audience)? (?:members?|segments?|contacts?|list)? ?export\b"
)
_STATES = {"subscribed": ACTIVE, "unsubscribed": UNSUBSCRIBED, "bounced": BOUNCED}
_SPEAKS = re.compile(
    r"\b(?:unsubs|non ?subs|never ?subs|not ?subs|opt(?:ed)? ?outs?\b|bounc|hard ?bounc|black ?list"
    r"|block ?list|blocks?\b|blocked|suppress|complain|spam|invalid e?mails?|do not|dnc\b|cleaned"
    r"|abgemeld|abmeld|abbestell|desabon|desinscri|baja|disiscri|uitgeschrev|afgemeld|wypisan"
    r"|gesperrt|rebond|rebot|rimbalz|rucklauf|unzustell|undeliver|unreachable|removed|deleted"
    r"|archiv|inactiv|inaktiv|nieaktyw|geloscht|unconfirm|un ?verif|unactivated|pending|suspended"
    r"|(?:not|nicht|non|no|nao|niet|nie) ?(?:yet )?(?:activ|confirm|verif|bestat|bevest|potwier)"
    r"|unbestat|onbevest|niepotw|ausstehend|en attente|pendient|pendent|in attesa|oczekuj"
    r"|отпис|неподтв|не подтв|недоступ|неактив|черн\w* спис|avregistr|avmeld|odhlas|leirat|dezabon"
    r"|退订|黑名单|未确认|配信停止|購読解除|未確認)"
)
_SUPPRESSIONS: tuple[tuple[str, str], ...] = (  # by whom, and all of its columns
    ("SendGrid", "status reason email created"),  # bounces and blocks
    ("SendGrid", "reason email created"),  # invalid addresses
    ("SendGrid", "ip email created"),  # spam reports
    ("SendGrid", "email created"),  # unsubscribes
    ("SendGrid", "email group_id group_name created_at"),
    ("Postmark", "emailaddress suppressionreason origin createdat"),
    ("Postmark", "email_address suppression_reason origin created_at"),
    ("Mailgun", "address code error created_at"),
    ("Mailgun", "address tag created_at"),
    ("Mailgun", "address tags created_at"),
    ("Mailgun", "address created_at"),
    ("SparkPost", "recipient type source description created updated"),
    ("SparkPost", "recipient transactional non_transactional source"),
    ("Amazon SES", "emailaddress reason lastupdatetime"),
    ("Amazon SES", "email_address reason last_update_time"),
    ("phpList", "email added"),
)
_REASONS = frozenset(
    """
reason suppression_reason suppressionreason bounce_reason bounce_type blocked_at bounced_at
suppressed_at complained_at bounce_code error diagnostic_code smtp_code
""".split()  # noqa: SIM905
)
_BESIDE = frozenset(
    """
created created_at date time timestamp status ip type source origin added added_at code id
updated_at last_update_time description domain
""".split()  # noqa: SIM905
)


def floor_of(name: str, mapping: Mapping[str, str]) -> SubscriberState:
    """Return the state that everybody in a file has at least, by its name or as it was told."""
    answer = told(mapping)
    if answer:
        return {"ignore": ACTIVE, PENDING_ANSWER: PENDING}.get(answer, UNSUBSCRIBED)
    found = _OF_STATE.search(_stem(name))
    return _STATES.get(found.lastgroup or "", PENDING) if found else ACTIVE


def told(mapping: Mapping[str, str]) -> str:
    """Return what `--map "file name=…"` says; empty: nothing."""
    return next((key_of(to) for name, to in mapping.items() if _is_file_name(name)), "")


def ask_about(name: str, columns: Columns, mapping: Mapping[str, str]) -> None:
    """Raise `Asked` for a list of suppressions, or a file that is called like one."""
    if told(mapping):
        return
    stem = _stem(name)
    by = "" if mapping else suppressions_of(columns)
    speaks = _SPEAKS.search(stem) and not _OF_STATE.search(stem) and not columns.states
    if by:
        what = said(
            "It has the columns of a list of addresses that must not be mailed (%(by)s).", by=by
        )
    elif speaks:
        what = said(
            "Its name speaks of people who do not want mail or did not confirm, and no column "
            "says more."
        )
    else:
        return
    raise Asked([Question(column=FILE_NAME, about=what)], file=name)


def suppressions_of(columns: Columns) -> str:
    """Name the program whose list of suppressions has these columns; empty: it is none."""
    keys = frozenset(map(key_of, columns.header)) - {""}
    known = next((by for by, all_of in _SUPPRESSIONS if keys == frozenset(all_of.split())), "")
    besides = keys - {key_of(columns.header[columns.email])}
    is_one = besides & _REASONS and besides <= _REASONS | _BESIDE
    return known or ("of a provider" if is_one else "")


def _stem(name: str) -> str:
    return folded_name(name.rpartition(".")[0] or name)


def _is_file_name(name: str) -> bool:
    return name.strip().casefold() == FILE_NAME
