"""`newsletter db`: look after the database itself: upgrade, backup, restore, size."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption

GROUP = True
app = _shell.group("Look after the database.")

YesOption = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


@app.command()
def upgrade(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Bring the database to this version; every command does so by itself as well.

    An SQLite file is copied first, to a name beside it that says of which revision it is. A
    database of a newer version is refused and left as it is. On PostgreSQL it makes the partitions
    of the months ahead as well: for a role that may, where the others' may not.
    """
    from newsletter.core.clock import SystemClock
    from newsletter.storage import database, migrate, opening
    from newsletter.storage.partitions import making

    settings = _shell.load_settings(config)
    opened = database.connect(settings.database_url, settings.database)
    try:
        copy = opening.copy_before_upgrade(opened, settings.database_url)
        changed = migrate.upgrade(opened)
        revision = migrate.version(opened)
        now = SystemClock().now()
        making.make_ahead(opened, now=now)
        opening.tell_of_list(opened, publication=settings.publication.id, now=now)
    finally:
        opened.close()
    if as_json:
        told = {"changed": changed, "revision": revision, "copy": str(copy) if copy else None}
        _shell.print_json(told)
        return
    _shell.say(f"{'Upgraded to' if changed else 'Already at'} revision {revision}.")
    if copy is not None:
        _shell.tell(f"The database as it was before is kept in {copy}.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Copy all that a move needs into one file, while everything goes on, and check the copy.

    The database, config.toml, content/, editions/ and templates/. Keys and passwords are not in
    it; which ones are needed is said. The file is its owner's alone, and is not encrypted.

    Example: newsletter db backup brief-$(date +%F).tar.gz
    """
    from newsletter.cli import _backups
    from newsletter.operations.backup import taking

    with _shell.publication(config) as publication:
        done = taking.take(publication, file)
    if as_json:
        _shell.print_json(_backups.backup_document(done))
    else:
        _backups.show_backup(done)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A new folder, for the whole publication: a move."),
    ] = None,
    config: ConfigOption = HERE,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring a backup back, marked so that nobody is mailed twice by it.

    Without --to only the database is replaced; the one before is kept beside it, and the
    publication's folder stays as it is. Stop what runs before. What may have gone out since the
    backup is held until evidence says it did not: see `newsletter db restored`.

    Example: newsletter db restore brief-2026-03-02.tar.gz --to /srv/brief
    """
    from newsletter.cli import _backups
    from newsletter.core.clock import SystemClock
    from newsletter.operations.backup import restoring

    if to is not None:
        restoring.unpack_folder(file, to)
        config = to
    settings = _shell.load_settings(config)
    if to is None and not yes:
        _backups.ask_to_replace(file, settings)
    done = restoring.restore(settings, file, clock=SystemClock())
    if as_json:
        _shell.print_json(_backups.restored_document(done))
    else:
        _backups.show_restored(done, to)


@app.command()
def restored(
    sent: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Your word: this edition went out."),
    ] = None,
    not_sent: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Your word: this edition certainly did not go out since the backup.",
        ),
    ] = None,
    mark: Annotated[
        bool,
        typer.Option(
            "--mark",
            help="This database is an earlier state, put in place by other means (Litestream, "
            "point-in-time recovery, a snapshot of the machine).",
        ),
    ] = False,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Say whether this database was restored, and settle what may have gone out since its backup.

    Exit 4 while a send waits for your word.

    Example: newsletter db restored --not-sent 2026-03-02
    """
    from newsletter.cli import _backups
    from newsletter.core.errors import ExitCode, UsageError

    if sum((sent is not None, not_sent is not None, mark)) > 1:
        raise UsageError("--sent, --not-sent and --mark are one word each; give one of them.")
    with _shell.publication(config) as publication:
        if mark:
            publication.restored.records.mark(publication.clock.now())
        if (word := sent or not_sent) is not None:
            _backups.take_word(publication, word, went_out=sent is not None, as_json=as_json)
        told = _backups.state(publication)
    if as_json:
        _shell.print_json(told)
    else:
        _backups.show_state(told)
    if told["waiting"]:
        _shell.end(ExitCode.HELD)


@app.command()
def size(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Show how much the database holds: rows and bytes of each kind, the largest first.

    [retention] says how many months of recipients and events are kept.
    """
    from newsletter.storage.sizes import sizes

    with _shell.publication(config) as publication:
        found, keep = sizes(publication.database), publication.settings.retention
    if as_json:
        kinds = [{"kind": one.kind, "rows": one.rows, "bytes": one.bytes} for one in found]
        _shell.print_json({"kinds": kinds, "retention": keep.model_dump()})
        return
    rows = [
        [one.kind, f"{one.rows:,}", "not known" if one.bytes is None else f"{one.bytes:,}"]
        for one in found
    ]
    _shell.table(rows, headers=("kind", "rows", "bytes"))
