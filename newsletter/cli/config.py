"""`newsletter config`: show what the publication is set to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.core.config.settings import Settings

SOURCES, PROVIDERS = "newsletter.content.sources", "newsletter.delivery.providers"
GROUP = True
app = _shell.group("Look at the configuration.")


@app.command()
def show(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Show every setting as it is in force: file, defaults and environment together.

    Secrets are never shown, only whether they are set; passwords in addresses, keys in the
    tables of sources and providers, and the path of an alert hook show as ***.
    """
    from newsletter.core.config.masking import masked

    settings = _shell.load_settings(config)
    document = masked(settings.model_dump(mode="json") | settings.tables)
    document["secrets"] = {
        name: "set" if settings.secret(name) else "not set" for name in _secret_names(settings)
    }
    if as_json:
        _shell.print_json(document)
        return
    for section, values in document.items():
        rows = [[key, str(value)] for key, value in values.items()]
        if rows:
            _shell.table(rows, title=f"[{section}]")


def _secret_names(settings: Settings) -> list[str]:
    """List every secret that the program and its plug-ins name, each once, sorted.

    A plug-in that cannot be used is told on standard error; its secrets are not known.
    """
    from newsletter.core import plugins
    from newsletter.subscribers.erasure import SECRET_KEY

    found = {SECRET_KEY}
    for package, name in _plugins(settings):
        try:
            found.update(plugins.find(package, name).secret_names())
        except NewsletterError as error:
            _shell.report(error, as_json=False)
    return sorted(found)


def _plugins(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield all bundled sources and providers, and those outside that config.toml names."""
    from newsletter.core import plugins

    chains = settings.sources.model_dump().values()
    named = {entry["type"] for chain in chains for entry in chain}
    for package, own in ((SOURCES, named), (PROVIDERS, {settings.delivery.provider})):
        outside = {name for name in own if "." in name}
        yield from ((package, name) for name in (*plugins.names(package), *sorted(outside)))


@app.command()
def path(config: ConfigOption = HERE) -> None:
    """Say which folder the publication lies in."""
    _shell.say(str(_shell.load_settings(config).root))
