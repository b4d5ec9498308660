"""`newsletter config`: show what the publication is set to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, PROVIDERS, ConfigOption, JsonOption
from newsletter.core.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.core.config.settings import Settings

SOURCES = "newsletter.content.sources"
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
        rows = [[key, written] for key, written in _rows(values)]
        if rows:
            _shell.table(rows, title=f"[{section}]")


def _rows(table: Mapping[str, Any], below: str = "") -> Iterator[tuple[str, str]]:
    """Yield dotted keys and their values as config.toml would have them."""
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from _rows(value, f"{below}{key}.")
        else:
            yield f"{below}{key}", _as_toml(value)


def _as_toml(value: Any) -> str:
    if value is None:
        return "(not set)"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key} = {_as_toml(inner)}" for key, inner in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        lines = [_as_toml(inner) for inner in value]
        long = any(isinstance(inner, Mapping) for inner in value)
        return "[\n  " + ",\n  ".join(lines) + ",\n]" if long else f"[{', '.join(lines)}]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)


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
    _shell.tell(str(_shell.load_settings(config).root))
