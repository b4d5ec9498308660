"""`newsletter config`: show what the publication is set to."""

from __future__ import annotations

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption

GROUP = True
app = _shell.group("Look at the configuration.")


@app.command()
def show(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Show every setting as it is in force: file, defaults and environment together.

    Secrets are never shown, only whether they are set.
    """
    from newsletter.core.config import settings as configuration

    settings = _shell.load_settings(config)
    document = settings.model_dump(mode="json")
    document["secrets"] = {
        name: "set" if settings.secret(name) else "not set" for name in configuration.SECRETS
    }
    if as_json:
        _shell.print_json(document)
        return
    for section, values in document.items():
        rows = [[key, str(value)] for key, value in values.items()]
        if rows:
            _shell.table(rows, title=f"[{section}]")


@app.command()
def path(config: ConfigOption = HERE) -> None:
    """Say which folder the publication lies in."""
    _shell.say(str(_shell.load_settings(config).root))
