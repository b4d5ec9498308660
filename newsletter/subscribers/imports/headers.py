"""What the name of a column says about wanting mail, in the languages of `words`. Pure.

Names as exports and people write them. A name alone decides nothing: how its cells read has to
bear it out, or the import asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from newsletter.core.model import SubscriberState
from newsletter.subscribers.imports.readings import is_moment
from newsletter.subscribers.imports.words import NO, NOTHING, WORDS, YES, folded, folded_name

# Beginnings of words, folded.
_COMPLAINTS = (
    "complain|spam|abuse|feedback loop|fbl|beschwerde|plainte|queja|reclamac|reclamo|klacht|skarg"
    "|жалоб|спам|скарг|klagomal|klage|stiznost|panasz|sikayet|valitu|παραπον|投诉|苦情|迷惑"
)
_BOUNCES = (
    r"(?:hard ?)?bounc|undeliver|unreachable|cleaned|clean (?:time|date|campaign)|invalid e ?mail"
    r"|e ?mail invalid|unzustellbar|rebond|rebot|rimbalz|onbestelbaar|odbi"
    r"|недоступ|недостав|не достав|возврат|studs|nedoruc|visszapatt|geri don|退信|不達"
    r"|on ?hold\b|npai\b|bad (?:e ?mail|address)|(?:e ?mail|address) ?\d* (?:is )?bad"
)
_LEAVING = (
    r"unsub|desubs|opt(?:ed)? ?outs?\b|black ?list|block ?list|suppress|dn[cem]\b"
    r"|do(?: ?not|nt) ?(?:contact|e ?mail|mail|send|market|disturb|allow|receive|want|accept|notify"
    r"|subscribe|include|deliver|write|solicit|bulk)|global (?:unsub|opt)|nonsubs"
    r"|no (?:bulk )?(?:e ?mails?|mails?|mailings?|newsletters?|marketing)\b"
    r"|not? (?:longer )?subscribed"
    r"|(?:e ?mail|newsletter|mailing)s? (?:is )?(?:disabled|blocked|refused|revoked|off)\b"
    r"|(?:consent|permission) (?:withdrawn|revoked|withdrawal)|exclu\w* (?:from|de|des)\b"
    r"|abgemeld|abmeld|abbestell|austrag|ausgetragen|kundig|gekundigt|widerruf|widerspr"
    r"|gesperrt|sperr(?!mull|holz|gut|stund|ig)|werbeverbot|austritt|ausgetreten|unerwunscht"
    r"|kein(?:e|en)? (?:newsletter|e ?mail|mail|werbung|versand|kontakt|zusend|info)"
    r"|nicht (?:\w+ )?(?:anschreib|e ?mail|mail|kontakt|send|zusend|erwunscht|gewunscht)"
    r"|desabon|desinscri|resilia|liste noire|stop ?(?:pub|mail|e ?mail|news)"
    r"|ne (?:\w+ ){0,2}(?:plus|pas)\b"
    r"|bajas?\b|desuscri|dessuscri|cancelad|lista negra|revocad"
    r"|no (?:contactar|desea|quiere|envi|recib|acept|autoriz|molest)"
    r"|nao (?:contat|contact|deseja|quer|envi|receb|aceit|autoriz)|descadastr|cancelament"
    r"|disiscri|cancellat|cancellaz|revocat|revoca\b|consenso negat"
    r"|non (?:contatt|desider|vuole|invi|ricev|accett|acconsent|disturb)"
    r"|uitgeschrev|uitschrij|afgemeld|afmeld|opgezegd|opzeg"
    r"|niet (?:mailen|e ?mailen|contact|benader|stur|verstur)"
    r"|(?:wil )?geen (?:e ?mail|mail|nieuwsbrief|reclame|contact|toestemming)"
    r"|avregistr|avmeld|frameld|odhlas|wypis|rezygn|zrezygn|wyrejestr|anulowan|sprzeciw"
    r"|nie (?:wysyl|kontakt|chce|wyraz)|brak zgod"
    r"|отпис|отказ|черн\w* спис|не (?:писать|присыл|отправл|беспоко|хочет)"
    r"|запрет|відпис|відмов|чорн\w* спис|avprenum|avanmal|sparr"
    r"|leirat|letilt|abonelikten|dezabon|perunut|peruut|διαγραφ|απεγγραφ"
    r"|退订|取消订阅|取消訂閱|黑名单|配信停止|購読解除|退会"
)
# These end a subscription only where the name says nothing else but of what, or when.
_ENDING = (
    "cancel|delet|remov|disab|block[ei]|exclud|reject|deactiv|archiv|inactiv|inaktiv|withdraw|revok"
    "|left|leav|quit|banned|bloque|gelosch|supprim|eliminad|rimoss|verwijder|usuni|inactif|inatton"
    "|deaktiv|desactiv|disattiv|suspend|silenced|deceased|verstorben|deced|fallecid|decedut|overled"
    "|zmarl|умер|удален|заблок|неактив|видален|slett|smaz|torol|silin"
)
_BESIDE = (
    "is|has|was|been|contact|subscriber|member|(?:e ?)?mails?|newsletters?|subscription|status|at"
    "|on|date|time|datum|le|el|am|by|reason|abo|abonnement|timestamp|user|list|der|la|del|de|from|the"
    "|marketing|mailings?|campaigns?|promo(?:tion(?:s|al)?)?|communications?|consent|permission"
)
_CONSENTS = (
    r"subscri|opt(?:ed)? ?in|newsletter|abonn|permi|consent|marketing|(?:e ?)?mailable|mailings?\b"
    r"|(?:accept|allow|want|receive|get)s? (?:our |the )?(?:e ?mail|mail|market|news|promo|offer"
    r"|update|communic|contact)|(?:may|can) (?:be )?(?:e ?mail|contact|send)|contactable"
    r"|e ?mail (?:ok|allowed|enabled|active|status|list)|gdpr|dsgvo|rgpd|rodo"
    r"|\A(?:is |user |member |account |contact )*(?:active|enabled|accepts?)\Z"
    r"|active (?:subscri|member|contact)"
    r"|\A(?:(?:e ?)?mails?|contact(?: ok| me)?|news|mailing ?list)\Z"
    r"|einwillig|zustimm|angemeldet|aktiv|bezug|empfang"
    r"|inscri|recevoir|recoit|autoris|actif|accord"
    r"|activ[oa]\b|suscri|autoriz|alta\b|ativ[oa]\b|assin|acepta|aceita|acconsent"
    r"|iscri|consens|attiv[oa]\b|riceve|toestemming|ingeschreven|aangemeld|actief|ontvang"
    r"|zgoda|zgody|zapisan|aktywn|subskryb"
    r"|boletin|infolettre|lettre d ?info|bulletin|bulten|nieuwsbrief|biuletyn|hirlevel|zpravodaj"
    r"|nyhetsbrev|nyhedsbrev|uutiskirje|buletin|rundbrief|infobrief|розсил|ニュースレター|メルマカ"
    r"|подпис|соглас|рассылк|активн?\b|підпис|згод|prenumer|samtyck|samtykke|tilmeld|pameld|odber"
    r"|souhlas|felirat|hozzajarul|abone|izin\b|acord|tilaus|suostum|εγγραφ|συγκαταθ|订阅|訂閱|購読|配信"
)
_CONFIRMATIONS = (
    r"confirm|verif|double|doi\b|bestatig|validated|bevestigd|potwierdz|doppel|doble|dupl|doppi"
    "|activated|aktiviert|подтвержд|підтвердж|bekraft|bekreft|bekraeft|potvrz|potvrd|megerosit"
    "|vahvist|onay|επιβεβ|确认|確認|認証"
)
_STATUS = (
    r"(?:(?:subscriber|contact|member|e ?mail|mail|mailing|subscription|marketing|list|newsletter"
    r"|abo|opt ?in|consent|global|delivery|deliverability|permission) )*"
    r"(?:status|state|statut|etat|estado|estatus|stato|situacao|stan|zustand|toestand"
    r"|статус|состояние|stav|allapot|durum|stare|tila|κατασταση|状态|狀態|状態|ステータス)"
    r"(?: (?:de|d|del|della|do|da|di|van|l|la|el|le|der|des)?\b ?\w*"
    r"(?:subs|abon|inscri|iscri|suscri|assin|zapis|inschrij|mail|market|contact|newsletter)\w*)*"
)
_WAITING = (
    r"pending|unconfirm|un ?verified|awaiting"
    r"|(?:not|non|nicht|nao|niet) ?(?:yet )?(?:confirm|verif|bestat|bevest)"
    r"|(?:не|ej|inte|ikke|nem|neni) ?(?:подтвержд|підтвердж|bekr|megeros|potvr)"
    r"|ausstehend|unbestatigt|pendiente|pendente|oczekuj|niepotwierdz|onbevestigd"
    r"|ожида|очіку|ubekr|obekr|nepotvr|beklem|未确认|未確認|仮登録"
)
# What such a word may be joined to, as in “Newsletterabmeldung”.
_OF = (
    r"(?:(?:newsletter|e?mail(?:ing)?|werbe|rundbrief|infobrief|abo(?:nnement)?|nieuwsbrief|nyhetsbrev"
    r"|nyhedsbrev|uutiskirje|hirlevel)s?)?"
)
_NEGATIVE = (
    ("complained", re.compile(rf"\b{_OF}(?:{_COMPLAINTS})")),
    ("soft_bounces", re.compile(r"\bsoft ?bounc")),
    ("bounced", re.compile(rf"\b{_OF}(?:{_BOUNCES})")),
    ("opted_out", re.compile(rf"\b{_OF}(?:{_LEAVING})")),
    ("waiting", re.compile(rf"\b(?:{_WAITING})")),
    ("opted_out", re.compile(rf"\A(?:(?:{_BESIDE}) )*{_OF}(?:{_ENDING})\w*(?: (?:{_BESIDE}))*\Z")),
)
_POSITIVE = (
    ("confirmed", re.compile(rf"\b(?:{_CONFIRMATIONS})")),
    ("opt_in", re.compile(rf"\b(?:{_CONSENTS})")),
)
_NOT = (
    "not|never|nicht|nie|pas|jamais|nunca|nao|niet|geen|не|ej|inte|ikke|nem|without|ohne|sans|sin"
)
# “Not unsubscribed” and “Marketing on pause” turn around what the rest of a name says.
_TURNED_ROUND = re.compile(
    rf"\b(?:{_NOT}) (?:(?:yet|been|be|is|was|has|currently) )*"
    rf"(?:{_COMPLAINTS}|{_BOUNCES}|{_LEAVING}|(?:{_ENDING})\w*\Z)"
)
_CONTRARY = re.compile(
    rf"\b(?:(?:{_NOT}|no|non|ne|dont|doesnt|off|against|muted?|ended)\b|{_OF}(?:{_ENDING}|kein|stop|paus|brak|nega"
    r"|snooz|expir|laps|churn|declin|refus|deni|deny|verweiger|abgelehnt|rechaz|rifiut|weiger))"
)
# Whatever else speaks of getting mail: a yes or a no there may be a wish, and is asked about.
_ABOUT_MAIL = re.compile(
    r"\b(?:e ?mail|mail|newsl|courriel|correo|contact(?!s\b)|kontakt|contat|notif|message\b|send"
    r"|envo|envi|invi[aio]|versand|zusend|wysyl|отправ|письм|recei|recev|receb|recib|ricev|empfang|erhalt"
    r"|ontvang|otrzym|получ|marketing|werb|pub\b|publici[dt]|pubblicit|recl?am|reklam|promo"
    r"|abo\b|opt\b|sub\b|gdpr|dsgvo|rgpd|rodo|lopd|lgpd)"
)
_FIGURE = re.compile(
    r"\b(?:(?:open|click|deliver|repl|bounce)\w*|sent|received|counts?|total|numbers?|numero|anzahl"
    r"|last|first|html|from|us\b|id|type|name|address|of|via|signed)\b"
)
_STATUS_NAME = re.compile(_STATUS)
# A confirmation of an order or a phone is another matter.
_OF_MAIL = (
    f"(?:{_BESIDE}|opt|in|optin|of|de|der|do|address|adresse|account|registration|sign|up|signup"
    "|first|opt ?in|anmeldung|l?inscription|l?abonnement|iscrizione|подписки|подписка|адреса|почты)"
)
_CONFIRMING = re.compile(
    rf"(?:{_OF_MAIL} )*(?:{_CONFIRMATIONS})\w*(?: (?:{_OF_MAIL}|(?:{_CONFIRMATIONS})\w*))*"
)
_CHANNEL = re.compile(
    r"\b(?:sms|mms|phone|calls?|mobile|telefon|telephone|telefono|whatsapp|push|viber|fax(?:es)?"
    r"|landline|postal|direct mail|rcs)\b"
)
# What others send; many shops ask for it beside their own newsletter.
_OF_OTHERS = re.compile(
    r"\b(?:partner|partenair|third part|3rd part|tiers\b|socios?\b|tercero|terz[ie]\b|dritt|parceir"
    r"|terceir|derden|sponsor|партн)"
)
_AND = re.compile(r"\b(?:and|or|et|ou|und|oder|y|o|e|en|и|us|nous|uns)\b")
# Names of an account or an address, that may ask for a consent and need not.
_VAGUE = re.compile(r"(?:is |user |member |account |contact )*(?:active|enabled|(?:e ?)?mails?)?")
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
    r"|payment|donation|street|city|state|province|zip|address|budget)\b"
)
# Of these names several mean a place or a civil status as well.
_PLAIN_STATUS = frozenset(
    """status statut estatus durum stav allapot статус κατασταση 状态 狀態 ステータス""".split()  # noqa: SIM905
)
_OF_CODES = re.compile(r" (?:id|code|nr|no|number|key|kod|kode|codigo|codice)\Z")
# In these a sentence is a yes, and nothing is none.
_GIVEN = re.compile(
    r"consent|permission|opt ?in|einwillig|zustimm|accord|autoris|autoriz|consens|toestemming|zgod"
    r"|соглас|samtyck|samtykke|souhlas|hozzajarul|izin\b|suostum|συγκαταθ|同意"
)
_BARE = frozenset("activated aktiviert".split())  # noqa: SIM905 - a moment, in some exports
# What a name of consent asks for is when, and nothing else.
_WHEN = re.compile(
    r"\b(?:date|time|timestamp|at|on|since|seit|am|datum|zeit|zeitpunkt|fecha|data|le|dato|tid"
    r"|дата|время|日期|时间|日時|日)\b|日時?\Z|时间\Z|日期\Z"
)
_LONGEST_JOINED = 40  # letters
# Names in small letters without blanks, as some programs have them, are made of these.
_JOINED = frozenset(
    """is has was been do not does did no never opted opt optin optout optedin optedout in from
    of to by at on all date time email emails mail mails mailing mailings newsletter newsletters
    campaign campaigns marketing promotional promotions promo news list lists contact contacts
    contactable user member customer subscriber subscription subscribed subscribe unsubscribed
    unsubscribe unsubscription nonsubscribed status state active inactive enabled disabled
    blocked blacklisted blacklist blocklisted blocklist suppressed suppression excluded exclude
    pending confirmed unconfirmed confirmation verified unverified validated invalid valid
    bounced bounce bounces bouncing hard soft spam complaint complaints complaining complained
    abuse consent permission given withdrawn revoked deleted removed cancelled canceled
    suspended paused stopped deactivated activated archived global globally accepts accept
    allows allow allowed receives receive wants want gets send bulk sms phone""".split()  # noqa: SIM905
)
_WITH_REASON = {"complained": "complained_at", "bounced": "bounced_at", "opted_out": "left_at"}


@lru_cache(maxsize=4_096)
def parted_name(name: str) -> str:
    """Fold the name of a column, where `isoptinpending` is four words as `isOptInPending` is."""
    return " ".join(part for word in folded_name(name).split() for part in _parts(word))


def _parts(word: str) -> tuple[str, ...]:
    return (len(word) <= _LONGEST_JOINED and _apart(word)) or (word,)


def _apart(word: str) -> tuple[str, ...]:
    """Take a word apart that is made of nothing but known ones, the longest first."""
    if word in _JOINED:
        return (word,)
    for end in range(len(word) - 1, 1, -1):
        if word[:end] in _JOINED and (rest := _apart(word[end:])):
            return (word[:end], *rest)
    return ()


def of_leaving(name: str) -> str | None:
    """Name the reading of a column whose name speaks of opting out or of bounces, if it does."""
    words = parted_name(name)
    if _ASIDE.search(words) or of_other_channel(words) or _TURNED_ROUND.search(words):
        return None
    for reading, pattern in _NEGATIVE:
        if pattern.search(words):
            return _WITH_REASON.get(reading, reading) if _REASON.search(words) else reading
    return None


def of_consent(name: str) -> str | None:
    """Name the reading of a column whose name asks whether somebody wants mail, if it does."""
    words = parted_name(name)
    if _ASIDE.search(words) or _DETAIL.search(words) or of_other_channel(words):
        return None
    return next((reading for reading, pattern in _POSITIVE if pattern.search(words)), None)


def of_others(names: Sequence[str]) -> frozenset[int]:
    """Name the columns that ask for a consent to others' mail, beside one that asks for ours."""
    asks = {index: parted_name(name) for index, name in enumerate(names) if of_consent(name)}
    others = {at for at, words in asks.items() if _is_of_others(words)}
    own = (words for at, words in asks.items() if at not in others)
    return frozenset(others if any(not _VAGUE.fullmatch(words) for words in own) else ())


def _is_of_others(words: str) -> bool:
    return _OF_OTHERS.search(words) is not None and _AND.search(words) is None


def is_of_status(name: str) -> bool:
    """Say whether a column is called a status, and of nothing but mail."""
    words = parted_name(name)
    return _STATUS_NAME.fullmatch(words) is not None and words != "mailing state"  # of an address


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
    if is_of_confirming(name):
        return "confirmed" if told and all(map(_is_moment_or_answer, told)) else None
    consent = None if is_contrary(name) else of_consent(name)
    return consent if consent and told and all(map(_is_plain_answer, told)) else None


def is_about_mail(name: str) -> bool:
    """Say whether a name that says neither yes nor no is about getting mail all the same."""
    words = parted_name(name)
    is_aside = _ASIDE.search(words) or _FIGURE.search(words) or of_other_channel(words)
    return not (is_aside or _is_of_others(words)) and _ABOUT_MAIL.search(words) is not None


def is_answer(cell: str) -> bool:
    """Say whether a cell answers a question by yes or no, on or off, in or out."""
    return folded(cell) in YES or folded(cell) in NO or folded(cell) in {"in", "out"}


def is_contrary(name: str) -> bool:
    """Say whether a name has a word that may turn round what it asks, and is not understood."""
    words = parted_name(name)
    turned = _TURNED_ROUND.search(words) is not None
    return turned or (of_leaving(name) is None and _CONTRARY.search(words) is not None)


def is_of_confirming(name: str) -> bool:
    """Say whether a column is called the moment of a confirmation, blank where there was none."""
    words = parted_name(name)
    if _ASIDE.search(words) or of_other_channel(words):
        return False
    rest = " ".join(_WHEN.sub(" ", words).split())
    return (rest != words or words in _BARE) and _CONFIRMING.fullmatch(rest) is not None


def _is_plain_answer(cell: str) -> bool:
    word = folded(cell)
    return word in YES or word in NO or word in WORDS


def _is_moment_or_answer(cell: str) -> bool:
    return is_moment(cell) or folded(cell) in NOTHING or _is_plain_answer(cell)


def doubts(name: str) -> Callable[[str], bool] | None:
    """Say which cells mean something in a column of this name that nobody reads; None: none do."""
    if is_of_status(name):
        return _is_no_active_word if _is_plainly_of_status(name) else _is_code
    words = parted_name(name)
    if _OF_CODES.search(words) and is_of_status(_OF_CODES.sub("", words)):
        return _is_code
    if is_of_confirming(name):
        return _is_moment_or_answer
    if is_contrary(name):
        return _contrary_doubts(name, words)
    if of_consent(name) is None:
        return None
    return _is_something if _GIVEN.search(words) else _is_yes_or_no


def _contrary_doubts(name: str, words: str) -> Callable[[str], bool] | None:
    """Say which cells of a column mean something where nobody knows whether a yes is one."""
    if _ASIDE.search(words) or of_other_channel(words):
        return None
    if of_consent(name) or _TURNED_ROUND.search(words):
        return _is_something
    return _is_yes_or_no if any(one.search(words) for _, one in _POSITIVE) else None


def _is_something(cell: str) -> bool:
    return bool(cell.strip())


def _is_plainly_of_status(name: str) -> bool:
    words = parted_name(name)
    return words in _PLAIN_STATUS or " " in words


def _is_no_active_word(cell: str) -> bool:
    return bool(cell.strip()) and WORDS.get(folded(cell)) is not SubscriberState.ACTIVE


def _is_code(cell: str) -> bool:
    """Say whether a cell is a program's own number or letter for a state; no place has one."""
    return len(folded(cell)) == 1


def _is_yes_or_no(cell: str) -> bool:
    """Say whether a cell is a yes or a no, or a sentence that begins with one, as “No, thanks”."""
    word, _, rest = folded(cell).partition(" ")
    return (word in YES or word in NO) and not (rest and word.isdigit())
