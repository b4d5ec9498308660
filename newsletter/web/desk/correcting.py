"""Correct an edition that went out, or is going out: other words, and a note that readers see."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import date
from typing import Any

from newsletter.app import App
from newsletter.core.errors import InputError, NothingToDo
from newsletter.core.model import CorrectionNote, SendStatus
from newsletter.web.desk import sends, shell
from newsletter.web.desk.header import long_date
from newsletter.web.desk.morning import people
from newsletter.web.desk.words import _

_MOST = 2_000  # characters of a note
Form = Mapping[str, str]


def shown(app: App, day: date) -> dict[str, Any]:
    """Read what the form shows."""
    view = app.control.view(day)
    sums, today = sends.sums(view), app.today()
    waits = view.send.status is not SendStatus.CANCELLED and sums.not_sent
    subject = app.ledger.message(view.send.id).subject
    return {
        "edition": day,
        "date": long_date(day),
        "subject": subject,
        "sums": sums,
        "waits": waits,
        "today": long_date(today),
        "coming": _coming(app, day),
        "notes": notes(app, day),
    }


def _coming(app: App, day: date) -> dict[str, Any] | None:
    """Say which edition could tell the correction, and to how many; None: there is none to come."""
    try:
        coming = app.editor.next_brief(day)
    except NothingToDo:
        return None
    return {
        "date": long_date(coming),
        "readers": people(app.edition_calendar.readers(coming)),
        "is_approved": app.assembler.approval(coming) is not None,
    }


def notes(app: App, day: date) -> list[tuple[str, str]]:
    """Return the corrections an edition has, by date."""
    edition = app.files.load(day)
    return [(long_date(one.date), one.text) for one in edition.corrections] if edition else []


def correct(app: App, day: date, form: Form) -> bool:
    """Put the words right and add the note; say whether somebody still gets the corrected mail."""
    note = " ".join(form.get("note", "").split())
    if not note:
        raise InputError(_("The note is empty."), hint=_("Say in a sentence what was wrong."))
    if len(note) > _MOST:
        raise InputError(_("The note is too long."), hint=_("A sentence or two will do."))
    before, after = (form.get(name, "").strip() for name in ("before", "after"))
    waits = shown(app, day)["waits"]
    by = shell.name_of(form.get("by", "")) or shell.current().editor or getpass.getuser()
    if before and waits:
        app.editor.replace_words(day, before, after)
    if waits:
        corrected = app.corrections.correct(day, note, today=app.today())
        app.approvals.record(day, by=by, digest=corrected.digest)
    else:
        app.editor.add_note(day, CorrectionNote(date=app.today(), text=note))
    app.editor.sign(day, by)
    if form.get("next"):
        coming = app.editor.tell_next(day, CorrectionNote(date=app.today(), text=note))
        app.editor.sign(coming, by)
    return bool(waits)
