"""Recognise a line that is a date, a reading time or a counter, and nothing more."""

from __future__ import annotations

import re

from newsletter.content.pasted.folding import fold_open

_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_MONTH_AND_DAY = rf"(?:{_MONTH} {_DAY}|{_DAY} (?:of )?{_MONTH})"
_YEAR = r",? (?:19|20)\d\d"
_DATE = re.compile(rf"{_WEEKDAY} {_MONTH_AND_DAY}(?:{_YEAR})?|{_MONTH_AND_DAY}{_YEAR}")

# Of the other languages that editions are written in.
_FOREIGN_MONTHS = (
    "januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    "|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
    "|januari|februari|maart|mei|augustus|janeiro|fevereiro|março|maio|junho|julho|setembro"
    "|outubro|novembro|dezembro|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر"
    "|ديسمبر|ינואר|פברואר|מרץ|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר"
)
_FOREIGN_WEEKDAY = (
    r"(?:(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
    r"|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?),? (?:den |le |dia )?)"
)
_FOREIGN = (
    rf"{_FOREIGN_WEEKDAY}?\d{{1,2}}(?:\.|er|º)? (?:de |ב)?(?:{_FOREIGN_MONTHS})"
    r"(?:,? (?:de )?(?:19|20)\d\d)?"
)
_NUMBERS = r"(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:(?:19|20)\d\d|\d\d)"
_AGO = (
    r"(?:an?|one|\d{1,3}) (?:second|minute|min|hour|hr|day|week|month|year)s? ago|yesterday|today"
    r"|(?:hace|vor|il y a|há) \d{1,3} [^\W\d_]{2,9}|\d{1,3} [^\W\d_]{2,9} (?:fa|geleden|atrás)"
)
_WHEN = (
    rf"(?:{_WEEKDAY} )?{_MONTH_AND_DAY}(?:{_YEAR})?|{_MONTH} (?:19|20)\d\d|{_NUMBERS}|{_FOREIGN}"
    rf"|{_AGO}|(?:19|20)\d\d-\d\d-\d\dt\d\d:\d\d(?::\d\d(?:\.\d{{1,6}})?)?"
    r"(?:z|[+-]\d\d:?\d\d)?"
)
_TIME = (
    r"(?:,? ?(?:at|um|a las|à|alle|om|às)?,? ?\d{1,2}[:.h]\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?"
    r"(?: [a-z]{2,5})?)"
)
_LABEL = (
    r"(?:(?:last )?(?:updated|modified)|(?:first )?published|posted|date|aktualisiert"
    r"|veröffentlicht"
    r"|stand|datum|actualizado|publicado|fecha|mis à jour|publié|date de publication|aggiornato"
    r"|pubblicato|bijgewerkt|gepubliceerd|atualizado|data)"
)
_READING = (
    r"(?:estimated )?reading time ?:? ?\d{1,3} ?(?:min|mins|minutes?)"
    r"|\d{1,3}[ -]?(?:min|mins|minutes?)\.? (?:to )?read"
    r"|lesezeit ?:? ?\d{1,3} ?(?:min|minuten)"
    r"|\d{1,3} ?(?:min|minuten)\.? (?:lesezeit|leestijd|lezen)"
    r"|\d{1,3} ?(?:min|minutos)\.? de (?:lectura|leitura)|\d{1,3} ?(?:min|minutes)\.? de lecture"
    r"|tempo di lettura ?:? ?\d{1,3} ?(?:min|minuti)|\d{1,3} ?(?:min|minuti)\.? di lettura"
)
_LONGEST = 100
_SEPARATOR = r" ?(?:[|·•,/–@-]|--) ?"
_SAID = rf"{_LABEL}(?: (?:on|at|am|el|le|il|op|em))?:? ?"
_CLOCK = (
    r"(?:\d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?(?: [a-z]{2,4})?"
    r"|\d{4} [a-z]{3,4}(?: \(\d{4} [a-z]{3,4}\))?)"
)
_MOMENT = rf"(?:{_CLOCK},?(?: on)? )?(?:{_WHEN})(?:(?: [@•·|–-] ?)?{_TIME})?(?:,? (?:uk|us))?"
_DATELINE = re.compile(
    rf"(?:- )?(?:{_SAID})?{_MOMENT}"
    rf"(?:{_SEPARATOR}(?:(?:{_SAID})?{_MOMENT}|{_READING})| {_SAID}{_MOMENT})?"
)
_BEFORE = re.compile(r"(?:[ ,|·•/–@-]| (?:on|am|el|le|il|op|em))+\Z")
_READING_TIME = re.compile(rf"(?:{_READING})(?:{_SEPARATOR}\d[\d.,]*[km]? views?)?")


def is_date(block: str) -> bool:
    """Say whether a line is only a date: weekday, month and day, or a full date."""
    return _DATE.fullmatch(fold_open(block)) is not None


def is_dateline(block: str) -> bool:
    """Say whether a line only says when something was written, in whatever way."""
    return len(block) <= _LONGEST and _DATELINE.fullmatch(fold_open(block)) is not None


def is_reading_time(block: str) -> bool:
    """Say whether a line only says how long the reading takes."""
    return len(block) <= _LONGEST and _READING_TIME.fullmatch(fold_open(block)) is not None


def without_date(line: str) -> str:
    """Return a line without the date at its end, as below a headline behind a name."""
    words = line.split(" ")
    for at in range(1, len(words)):
        if is_dateline(" ".join(words[at:])):
            return _BEFORE.sub("", " ".join(words[:at]))
    return line
