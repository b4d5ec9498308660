"""Find plug-ins by name: a module of a folder, or a dotted path to code outside the package."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import pkgutil
from functools import cache
from types import ModuleType

from newsletter.core.errors import ConfigError


def names(package: str) -> list[str]:
    """List the plug-ins of a folder, sorted; modules that begin with an underscore are not."""
    return list(_names(package))


@cache  # a render asks fifty times, and a process keeps the plug-ins it began with
def _names(package: str) -> tuple[str, ...]:
    folder = importlib.import_module(package)
    found = (module.name for module in pkgutil.iter_modules(folder.__path__))
    return tuple(sorted(name for name in found if name[0] != "_"))


def load(package: str, name: str) -> ModuleType:
    """Import a plug-in of `package` by its bare name, or by dotted path.

    Raises `ConfigError` that lists the valid names.
    """
    if "." in name:
        return _load_outside(name)
    valid = names(package)
    if name in valid:
        return importlib.import_module(f"{package}.{name}")
    kind = package.rpartition(".")[2].rstrip("s")
    close = difflib.get_close_matches(name, valid, n=1)
    raise ConfigError(
        f"There is no {kind} called “{name}”.",
        hint=(f"Did you mean “{close[0]}”? " if close else "") + f"Valid: {', '.join(valid)}.",
    )


def face(package: str, name: str, part: str) -> ModuleType | None:
    """Import a further face of a plug-in, a module inside its package; None where it has none."""
    plugin = load(package, name)
    if not hasattr(plugin, "__path__"):
        return None
    path = f"{plugin.__name__}.{part}"
    return importlib.import_module(path) if importlib.util.find_spec(path) else None


def _load_outside(path: str) -> ModuleType:
    try:
        return importlib.import_module(path)
    except ImportError as error:
        raise ConfigError(
            f"The plug-in {path} cannot be imported: {error}.",
            hint="Install it in the same environment, or correct the dotted path.",
        ) from error
