"""The editor's hand on an edition: opened as fields, written back, its features swapped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from newsletter.content import pictures
from newsletter.content.pasted import Meaning, Saying, Tracing
from newsletter.content.pasted.sayings import LEARNABLE
from newsletter.content.repeats import keys, part_of
from newsletter.content.source import Picture
from newsletter.core import calendar
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import Held, NothingToDo, Where
from newsletter.core.model import Edition, Fact, Part, Provenance, Quote, Supply, Word
from newsletter.core.model.content import Approval, CorrectionNote
from newsletter.core.sentences import said
from newsletter.editions import corrected_words, drafts
from newsletter.editions.assembler import Assembler
from newsletter.editions.carried_notes import CarriedNotes
from newsletter.editions.fields import Fields, as_fields, from_fields
from newsletter.editions.last_save import LastSave, LastSaves

FEATURES = (Part.FACT, Part.QUOTE, Part.WORD)
Candidate = tuple[str, Supply]  # the source's name, and what it gives


def _never(_day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An edition as its file has it, and the fingerprint by which a later change is noticed."""

    edition: Edition
    seen: str
    is_edited: bool  # it is no longer as the sources gave it
    is_frozen: bool  # it went out, and takes nothing but corrections
    is_stopped: bool  # its send was stopped: what is changed goes to whoever does not have it
    approval: Approval | None  # which a change undoes
    publication: str
    zone: str
    today: date
    media_url: str | None  # where the publication's own pictures are served
    saved: LastSave | None = None  # who left it so, where that is known


@dataclass(frozen=True, kw_only=True)
class Editor:
    """What an editor does to an edition before it goes out; nothing is used up by it."""

    settings: Settings
    assembler: Assembler
    clock: Clock
    is_stopped: Callable[[date], bool] = _never  # its send waits, and can still be put right

    def open(self, day: date) -> Opened:
        """Return the edition of a date, assembled where it is still as the sources gave it.

        Nothing is written. Raises `NothingToDo` for a day that is over and had none.
        """
        assembler = self.assembler
        assembled = assembler.look(day)
        return Opened(
            edition=assembled.edition,
            seen=assembled.fingerprint,
            is_edited=assembler.files.is_edited(day),
            is_frozen=self._is_frozen(day),
            is_stopped=self.is_stopped(day),
            approval=assembler.approval(day),
            publication=self.settings.publication.id,
            zone=self.settings.publication.zone,
            today=calendar.today(self.settings.publication.zone, self.clock.now()),
            media_url=self.settings.media.url,
            saved=self.last_saves.of(day, fingerprint=assembler.files.fingerprint(day)),
        )

    @property
    def last_saves(self) -> LastSaves:
        """Return who saved the editions last."""
        return LastSaves(self.assembler.files.folder)

    def sign(self, day: date, by: str) -> None:
        """Write down who left an edition's file as it is now; a nameless hand leaves no note."""
        if by:
            saved = LastSave(by=by, at=self.clock.now())
            fingerprint = self.assembler.files.fingerprint(day)
            self.last_saves.note(day, saved, fingerprint=fingerprint)

    def save(self, day: date, fields: Fields, *, seen: str, put_aside: bool = False) -> str:
        """Write the fields of an edition into its file; return the file's new fingerprint.

        Fields that change nothing leave the file alone. With `put_aside` what is replaced is kept
        beside. Raises `FieldsError` when the fields are no edition, `Overtaken` when the file is
        another one than was `seen`, `Held` when the edition went out and anything but its
        corrections is another.
        """
        files = self.assembler.files
        is_new = not (seen or files.fingerprint(day))
        before = self.assembler.assemble(day).edition
        found = files.fingerprint(day)
        known = files.load(day)
        is_frozen = self._is_frozen(day)
        given = with_kept(fields, as_fields(before)) if is_frozen else fields
        provenance = before.background.provenance
        edition = from_fields(given, day=day, provenance=provenance)
        if is_frozen and known is not None and not is_same_but_corrected(edition, known):
            self.refuse_frozen(day)
        if edition == known and (found == seen or is_new):
            return found
        return files.rewrite(edition, seen=found if is_new else seen, put_aside=put_aside)

    def draft(self, day: date, fields: Fields) -> Edition:
        """Return the edition that fields would give; nothing is written. Raises `FieldsError`."""
        kept = self.assembler.files.load(day) if self._is_frozen(day) else None
        given = with_kept(fields, as_fields(kept)) if kept else fields
        return from_fields(given, day=day)

    def swap(self, day: date, part: Part, *, seen: str, back: bool = False) -> None:
        """Put the next candidate of its chain in a feature's place, or the one before.

        Raises `NothingToDo` when there is none, and else as `save` does.
        """
        self.refuse_frozen(day)
        edition = self.assembler.assemble(day).edition
        current = part_of(edition, part)
        found = beside(self.assembler.candidates(part, day), part, current, back=back)
        if found is None:
            raise NothingToDo(
                said("There is no other %(part)s for %(day)s.", part=part, day=day),
                hint=said("Write one of your own."),
                where=Where(key=f"sources.{part}", part=part, leads=False),
            )
        self.assembler.files.rewrite(self._with(edition, part, found), seen=seen)

    def replace_words(self, day: date, before: str, after: str) -> None:
        """Put other words in the place of some that stand in an edition once.

        Also in one whose send is under way: `Corrections.correct` gives it to whoever waits.
        Raises `InputError` where the words stand nowhere, or more than once.
        """
        files = self.assembler.files
        seen, edition = files.fingerprint(day), self.assembler.assemble(day).edition
        fields = corrected_words.replaced(as_fields(edition), before, after)
        provenance = edition.background.provenance
        files.rewrite(from_fields(fields, day=day, provenance=provenance), seen=seen)

    def add_note(self, day: date, note: CorrectionNote) -> None:
        """Add a correction to an edition that everybody has; the mails stay as they are."""
        files = self.assembler.files
        edition = self.assembler.assemble(day).edition
        if note not in edition.corrections:  # else the same once more
            noted = replace(edition, corrections=(*edition.corrections, note))
            files.rewrite(noted, seen=files.fingerprint(day))

    def next_brief(self, day: date) -> date:
        """Return the date of the first edition after one whose words may still change.

        Raises `NothingToDo` where the calendar has none.
        """
        timetable = self.settings.timetable
        today = calendar.today(timetable.zone, self.clock.now())
        coming = calendar.upcoming(timetable, start=max(today, day))
        free = (one.date for one in coming if one.date != day)
        found = next((one for one in free if not self.assembler.is_frozen(one)), None)
        if found is None:
            raise NothingToDo(said("The calendar has no edition to come."))
        return found

    def tell_next(self, day: date, note: CorrectionNote) -> date:
        """Let the next edition tell a correction of one that is out; say which that is.

        One that is still as its sources give it stays so, and the note comes with it. Words of an
        editor's are kept, and the note is put above them, which undoes an approval.
        """
        files, coming = self.assembler.files, self.next_brief(day)
        if files.is_edited(coming) or self.assembler.approval(coming) is not None:
            self.add_note(coming, note)
            return coming
        CarriedNotes(files.folder).add(coming, note)
        if files.fingerprint(coming):
            self.assembler.assemble(coming)
        return coming

    def read_page(self, text: str, *, markup: str = "", sayings: Sequence[Saying] = ()) -> Tracing:
        """Say what a pasted page would be read as; nothing is written."""
        source = drafts.page_source(self.settings)
        read = source.read(text, markup=markup, sayings=sayings)
        return Tracing(page=read, lines=read.lines)

    def learn(self, line: str, meaning: Meaning) -> None:
        """Keep what an editor says of a line of the publication's site, from now on.

        Raises `UsageError` when the file of what was learned is at fault.
        """
        drafts.page_source(self.settings).learn(line, meaning)

    def keep_page(
        self,
        day: date,
        text: str,
        *,
        markup: str = "",
        fresh: bool = False,
        sayings: Sequence[Saying] = (),
    ) -> None:
        """Keep a pasted page for a date and assemble its edition from it, as it was said to be.

        A page that was there is put aside, and with `fresh` an edited edition, too. Raises `Held`
        when the edition was edited or went out, and what `drafts.keep_page` raises.
        """
        self.refuse_frozen(day)
        if self.assembler.files.is_edited(day) and not fresh:
            raise Held(
                said(
                    "The edition of %(day)s was edited, and what was changed in it would be lost.",
                    day=day,
                ),
                hint=said("Begin again from the page: the edited file is put aside."),
            )
        kept = drafts.keep_page(
            day, text.encode(), self.settings, markup=markup, instead=True, sayings=sayings
        )
        edition = self.assembler.assemble(day, fresh=fresh).edition
        if any(not one.from_now_on or one.what not in LEARNABLE for one in sayings):
            self._put_in(day, edition, kept)

    def _put_in(self, day: date, edition: Edition, kept: drafts.PastedPage) -> None:
        """Give an edition the parts of a page as it was said to be; its file is edited then."""
        page, origin = kept.page, kept.path.relative_to(self.settings.root).as_posix()
        won = replace(
            edition,
            stories=page.stories,
            intro=page.intro,
            others=page.features.others,
        )
        features = {Part.FACT: page.features.fact, Part.QUOTE: page.features.quote,
                    Part.WORD: page.features.word}  # fmt: skip
        theirs = {Part.STORY} | {part for part, one in features.items() if one is not None}
        for one in features.values():
            won = with_feature(won, one)
        for part in FEATURES:
            if part not in theirs and _source_of(won, part) == "page":
                won = self._from_others(won, part, day)
        told = {part: Provenance(part=part, source="page", origin=origin, at=self.clock.now(),
                                 left_out=page.left_out if part is Part.STORY else ())
                for part in theirs}  # fmt: skip
        known = won.background
        provenance = tuple(told.get(one.part, one) for one in known.provenance)
        won = replace(won, background=replace(known, provenance=provenance))
        files = self.assembler.files
        files.rewrite(won, seen=files.fingerprint(day))

    def _from_others(self, edition: Edition, part: Part, day: date) -> Edition:
        """Let the rest of the chain give a feature that the page has no more."""
        others = (one for one in self.assembler.candidates(part, day) if one[0] != "page")
        found = next(others, None)
        return edition if found is None else self._with(edition, part, found)

    def keep_picture(self, data: bytes, *, name: str) -> Picture:
        """Keep a picture of the editor's under the publication's media, small enough for a mail.

        Raises `InputError` for what is no picture, and `Held` where the configuration does not say
        at which address they are served: the file is kept all the same.
        """
        kept = pictures.keep(data, self.settings.root / "content" / "media", name=name)
        served_at = self.settings.media.url
        if served_at is None:
            raise Held(
                said(
                    "The picture is kept, but cannot go out yet: pictures of a mail lie on the "
                    "web, and [media] url does not say where yours are."
                ),
                hint=said("Set it in config.toml to the address at which you serve content/media."),
                where=Where(key="media.url", leads=False),
            )
        return Picture(url=f"{served_at}/{kept.file}", width=kept.width, height=kept.height)

    def _with(self, edition: Edition, part: Part, candidate: Candidate) -> Edition:
        source, supply = candidate
        won = Provenance(
            part=part, source=source, origin=supply.origin, at=self.clock.now(), tried=()
        )
        known = edition.background
        provenance = tuple(won if one.part is part else one for one in known.provenance)
        background = replace(known, provenance=provenance)
        return replace(with_feature(edition, supply.feature), background=background)

    def _is_frozen(self, day: date) -> bool:
        return self.assembler.is_frozen(day) and not self.is_stopped(day)

    def refuse_frozen(self, day: date) -> None:
        """Refuse to change what readers have. Raises `Held`."""
        if self._is_frozen(day):
            raise Held(
                said("The edition of %(day)s went out and stays as it is.", day=day),
                hint=said("What is wrong in it is told by a correction: add one below."),
            )


def _source_of(edition: Edition, part: Part) -> str | None:
    found = (one.source for one in edition.background.provenance if one.part is part)
    return next(found, None)


def with_kept(fields: Fields, kept: Fields) -> dict[str, str]:
    """Return fields, and beside them what they do not name of all but the corrections."""
    return {name: text for name, text in kept.items() if not _is_correction(name)} | {**fields}


def _is_correction(name: str) -> bool:
    return name.partition(".")[0] == "corrections"


def is_same_but_corrected(one: Edition, other: Edition) -> bool:
    """Say whether two editions differ in their corrections at most."""
    alike = replace(one, corrections=other.corrections, background=other.background)
    return alike == other and one.background.accepted == other.background.accepted


def beside(
    candidates: Iterable[Candidate], part: Part, current: Supply, *, back: bool
) -> Candidate | None:
    """Return the candidate after the current one, or before it; None where there is none.

    After the last comes the first, which also follows what is no candidate itself, such as an
    editor's own words.
    """
    here = keys(part, current)
    first = before = None
    was_here = False
    for candidate in candidates:
        if was_here:
            return candidate
        is_here = keys(part, candidate[1]) == here
        if is_here and back:
            return before
        was_here, before = is_here, candidate
        first = first or (None if is_here else candidate)
    return None if back else first


def with_feature(edition: Edition, feature: Fact | Quote | Word | None) -> Edition:
    """Put a feature in the place of the one an edition has of its kind."""
    match feature:
        case Fact():
            return replace(edition, fact=feature)
        case Quote():
            return replace(edition, quote=feature)
        case Word():
            return replace(edition, word=feature)
        case None:
            return edition
