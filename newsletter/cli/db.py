"""`newsletter db`: look after the database itself."""

from __future__ import annotations

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption

GROUP = True
app = _shell.group("Look after the database.")


@app.command()
def upgrade(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Bring the database to this version; every command does so by itself as well.

    A database of a newer version is refused and left as it is.
    """
    from newsletter.core.clock import SystemClock
    from newsletter.storage import database, migrate, opening

    settings = _shell.load_settings(config)
    opened = database.connect(settings.database_url, settings.database)
    try:
        changed = migrate.upgrade(opened)
        revision = migrate.version(opened)
        now = SystemClock().now()
        opening.tell_of_list(opened, publication=settings.publication.id, now=now)
    finally:
        opened.close()
    if as_json:
        _shell.print_json({"changed": changed, "revision": revision})
    else:
        _shell.say(f"{'Upgraded to' if changed else 'Already at'} revision {revision}.")


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
    for name, months in keep.model_dump().items():
        kept = "for ever" if months is None else f"for {months} months"
        _shell.say(f"[retention] {name}: kept {kept}.".replace("[", "\\["))
