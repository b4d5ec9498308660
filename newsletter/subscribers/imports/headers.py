"""What the name of a column says about wanting mail, in eight languages. Pure.

English, German, French, Spanish, Portuguese, Italian, Dutch and Polish: names as exports and
people write them. A name alone decides nothing: how its cells read has to bear it out, or the
import asks.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from newsletter.subscribers.imports.words import NO, WORDS, YES, folded, folded_name

# Beginnings of words, folded.
_COMPLAINTS = (
    "complain|spam|abuse|feedback loop|fbl|beschwerde|plainte|queja|reclamac|reclamo|klacht|skarg"
)
_BOUNCES = (
    r"(?:hard ?)?bounc|undeliver|unreachable|cleaned|clean (?:time|date|campaign)|invalid e ?mail"
    r"|e ?mail invalid|unzustellbar|rebond|rebot|rimbalz|onbestelbaar|odbi"
)
_LEAVING = (
    r"unsub|desubs|opt(?:ed)? ?outs?\b|black ?list|block ?list|suppress|dnc\b"
    r"|do ?not ?(?:contact|e ?mail|mail|send|market|disturb)|global (?:unsub|opt)|nonsubs"
    r"|no (?:e ?mails?|mails?|mailings?|newsletters?|marketing)\b|not? (?:longer )?subscribed"
    r"|(?:e ?mail|newsletter|mailing)s? (?:is )?(?:disabled|blocked|refused|revoked|off)\b"
    r"|(?:consent|permission) (?:withdrawn|revoked|withdrawal)|exclu\w* (?:from|de|des)\b"
    r"|abgemeld|abmeld|abbestell|austrag|ausgetragen|kundig|gekundigt|widerruf|widerspr"
    r"|werbesperr|gesperrt|sperr|kein(?:e|en)? (?:newsletter|mail|werbung)"
    r"|desabon|desinscri|resilia|liste noire|ne pas contacter|stop ?pub"
    r"|bajas?\b|desuscri|dessuscri|cancelad|lista negra|no contactar|revocad"
    r"|descadastr|cancelament|disiscri|cancellat|cancellaz|revocat|revoca\b|non contattare"
    r"|uitgeschrev|uitschrij|afgemeld|afmeld|opgezegd|opzeg|niet mailen"
    r"|avregistr|avmeld|frameld|odhlas|wypis|rezygn|zrezygn|wyrejestr|anulowan|sprzeciw"
)
# These end a subscription only where the name says nothing else but of what, or when.
_ENDING = (
    "cancel|delet|remov|disab|block|exclud|reject|deactiv|archiv|inactiv|inaktiv|withdraw|revok"
    "|left|leav|quit|banned|bloque|gelosch|supprim|eliminad|rimoss|verwijder|usuni|inactif|inatton"
)
_BESIDE = (
    "is|has|was|been|contact|subscriber|member|e ?mail|mail|newsletter|subscription|status|at|on"
    "|date|time|datum|le|el|am|by|reason|abo|abonnement|timestamp|user|list|der|la|del|de"
)
_CONSENTS = (
    r"subscri|opt(?:ed)? ?in|newsletter|abonn|permi|consent|marketing|(?:e ?)?mailable|mailings?\b"
    r"|(?:accept|allow|want|receive|get)s? (?:our |the )?(?:e ?mail|mail|market|news|promo|offer"
    r"|update|communic|contact)|(?:may|can) (?:be )?(?:e ?mail|contact|send)|contactable"
    r"|e ?mail (?:ok|allowed|enabled|active|status|list)|gdpr|dsgvo|rgpd|rodo"
    r"|\A(?:is )?(?:active|enabled|accepts?)\Z|active (?:subscri|member|contact)"
    r"|\A(?:(?:e ?)?mails?|contact(?: ok| me)?|news|mailing ?list)\Z"
    r"|einwillig|zustimm|angemeldet|aktiv|bezug|empfang"
    r"|inscri|recevoir|recoit|autoris|actif|accord"
    r"|activ[oa]\b|suscri|autoriz|alta\b|ativ[oa]\b|assin|acepta|aceita|acconsent"
    r"|iscri|consens|attiv[oa]\b|riceve|toestemming|ingeschreven|aangemeld|actief|ontvang"
    r"|zgoda|zgody|zapisan|aktywn|subskryb"
)
_CONFIRMATIONS = (
    r"confirm|verif|double|doi\b|bestatig|validated|bevestigd|potwierdz|doppel|doble|dupl|doppi"
)
_STATUS = (
    r"(?:(?:subscriber|contact|member|e ?mail|mail|mailing|subscription|marketing|list|newsletter"
    r"|abo|opt ?in|consent|global) )*"
    r"(?:status|state|statut|etat|estado|estatus|stato|situacao|stan|zustand|toestand)"
    r"(?: (?:de|d|del|della|do|da|di|van|l|la|el|le|der|des)?\b ?\w*"
    r"(?:subs|abon|inscri|iscri|suscri|assin|zapis|inschrij|mail|market|contact|newsletter)\w*)*"
)
_WAITING = (
    r"pending|unconfirm|un ?verified|awaiting"
    r"|(?:not|non|nicht|nao|niet) ?(?:yet )?(?:confirm|verif|bestat|bevest)"
    r"|ausstehend|unbestatigt|pendiente|pendente|oczekuj|niepotwierdz|onbevestigd"
)
_NEGATIVE = (
    ("complained", re.compile(rf"\b(?:{_COMPLAINTS})")),
    ("soft_bounces", re.compile(r"\bsoft ?bounc")),
    ("bounced", re.compile(rf"\b(?:{_BOUNCES})")),
    ("opted_out", re.compile(rf"\b(?:{_LEAVING})")),
    ("waiting", re.compile(rf"\b(?:{_WAITING})")),
    ("opted_out", re.compile(rf"\A(?:(?:{_BESIDE}) )*(?:{_ENDING})\w*(?: (?:{_BESIDE}))*\Z")),
)
_POSITIVE = (
    ("confirmed", re.compile(rf"\b(?:{_CONFIRMATIONS})")),
    ("opt_in", re.compile(rf"\b(?:{_CONSENTS})")),
)
_STATUS_NAME = re.compile(_STATUS)
_CHANNEL = re.compile(
    r"\b(?:sms|mms|phone|mobile|telefon|telephone|telefono|whatsapp|push|viber|fax|landline"
    r"|postal|direct mail|rcs)\b"
)
_MAIL = re.compile(r"\be ?mail|\bnewsletter|\bcourriel|\bcorreo")
_REASON = re.compile(r"\b(?:reason|grund|raison|motif|motivo|reden|powod|cause|comment|feedback)")
# Links and figures have no say, whatever else their names speak of.
_ASIDE = re.compile(
    r"\b(?:urls?|links?|tokens?|hash|rates?|scores?|ratio|percent|probability|key|template)\b"
)
# What a name of consent asks besides yes or no.
_DETAIL = re.compile(
    r"\b(?:ids?|ip|counts?|number|anzahl|date|time|timestamp|at|on|source|quelle|name|title|type"
    r"|plan|tier|amount|price|level|rating|method|form|via|by|country|campaign|location|since|seit"
    r"|datum|fecha|data|le|premium|paid|trial|digest|podcasts?|tracking|track|terms|privacy|cookies"
    r"|payment|donation)\b"
)
_CODES = frozenset("0123456789")  # a program's own numbers for states
_WITH_REASON = {"complained": "complained_at", "bounced": "bounced_at", "opted_out": "left_at"}


def of_leaving(name: str) -> str | None:
    """Name the reading of a column whose name speaks of opting out or of bounces, if it does."""
    words = folded_name(name)
    if _ASIDE.search(words) or of_other_channel(words):
        return None
    for reading, pattern in _NEGATIVE:
        if pattern.search(words):
            return _WITH_REASON.get(reading, reading) if _REASON.search(words) else reading
    return None


def of_consent(name: str) -> str | None:
    """Name the reading of a column whose name asks whether somebody wants mail, if it does."""
    words = folded_name(name)
    if _ASIDE.search(words) or _DETAIL.search(words) or of_other_channel(words):
        return None
    return next((reading for reading, pattern in _POSITIVE if pattern.search(words)), None)


def is_of_status(name: str) -> bool:
    """Say whether a column is called a status, and of nothing but mail."""
    return _STATUS_NAME.fullmatch(folded_name(name)) is not None


def of_other_channel(words: str) -> bool:
    """Say whether a name is about messages that are no mail."""
    return _CHANNEL.search(words) is not None and _MAIL.search(words) is None


def guessed(name: str, cells: Collection[str]) -> str | None:
    """Guess the reading of a column from its name and some of its cells; None: it has none."""
    told = [cell for cell in cells if cell.strip()]
    if is_of_status(name):
        return "subscription" if told and all(folded(one) in WORDS for one in told) else None
    leaving = of_leaving(name)
    if leaving is not None:
        return leaving
    consent = of_consent(name)
    return consent if consent and told and all(map(_is_plain_answer, told)) else None


def _is_plain_answer(cell: str) -> bool:
    word = folded(cell)
    return word in YES or word in NO or word in WORDS


def doubts(name: str) -> frozenset[str]:
    """Return the words, folded, that mean something in a column of this name that nobody reads."""
    if is_of_status(name):
        return _CODES
    return NO | YES if of_consent(name) is not None else frozenset()
