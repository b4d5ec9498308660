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
