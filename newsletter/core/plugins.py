"""Find plug-ins by name: a module of a folder, or a dotted path to code outside the package.

What a plug-in does wrong is its own fault and is told as such (`PluginError`); what it raises of
`core/errors.py` goes on as it is.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, TypeVar

from newsletter.core import plugin_errors
from newsletter.core.config.secrets import Secrets
from newsletter.core.errors import ConfigError, NewsletterError, PluginError

_SECRET = re.compile(r"[A-Z][A-Z0-9_]*")
T = TypeVar("T")


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

    Raises `ConfigError` that lists the valid names, and `PluginError` for one that is there and
    cannot be imported.
    """
    if "." in name:
        return _imported(name, kind=_kind(package), name=name)
    valid = names(package)
    if name in valid:
        return _imported(f"{package}.{name}", kind=_kind(package), name=name)
    close = difflib.get_close_matches(name, valid, n=1)
    raise ConfigError(
        f"There is no {_kind(package)} called “{name}”.",
        hint=(f"Did you mean “{close[0]}”? " if close else "") + f"Valid: {', '.join(valid)}.",
    )


def face(package: str, name: str, part: str) -> ModuleType | None:
    """Import a further face of a plug-in, a module inside its package; None where it has none.

    Raises what `load` raises.
    """
    plugin = load(package, name)
    path = f"{plugin.__name__}.{part}"
    if not hasattr(plugin, "__path__") or not importlib.util.find_spec(path):
        return None
    return _imported(path, kind=_kind(package), name=name)


def _kind(package: str) -> str:
    return package.rpartition(".")[2].rstrip("s")


def _imported(path: str, *, kind: str, name: str) -> ModuleType:
    try:
        return importlib.import_module(path)
    except NewsletterError:
        raise
    except (Exception, SystemExit) as error:  # a script that ends itself is no plug-in, either
        if isinstance(error, ModuleNotFoundError) and f"{path}.".startswith(f"{error.name}."):
            raise ConfigError(
                f"The plug-in {path} cannot be imported: {error}.",
                hint="Install it in the same environment, or correct the dotted path.",
            ) from error
        raise plugin_errors.not_imported(error, kind=kind, name=name) from error


@dataclass(frozen=True)
class Plugin:
    """A plug-in that was found, as config.toml names it."""

    kind: str  # "source", "provider" or "check"
    name: str
    module: ModuleType

    def secret_names(self) -> tuple[str, ...]:
        """Return what its module names in `SECRETS`. Raises `PluginError` for anything else."""
        found = getattr(self.module, "SECRETS", ())
        if isinstance(found, tuple) and all(_SECRET.fullmatch(str(name)) for name in found):
            return found
        raise self.unfit('has SECRETS that are no tuple of names such as ("CARRIER_KEY",)')

    def own(self, secrets: Secrets) -> Secrets:
        """Return the secrets that it may read: those it names. Raises `PluginError`."""
        file = plugin_errors.file_of(self.module)
        whose = f"{self.kind} “{self.name}”" + (f" ({file})" if file else "")
        return secrets.limited(self.secret_names(), whose=whose)

    def attribute(self, name: str, kind: type[T]) -> T:
        """Return what its module has to define. Raises `PluginError` where it does not."""
        if not hasattr(self.module, name):
            raise self.unfit(f"has no `{name}`, which {_a(self.kind)} has to define")
        value = getattr(self.module, name)
        if isinstance(value, kind):
            return value
        raise self.unfit(f"has {_of(value)} for its `{name}`, not {_a(kind.__name__)}")

    def call(self, name: str, *arguments: Any, secrets: Secrets | None = None) -> Any:
        """Call a function that its module has to define. Raises `PluginError`."""
        function = getattr(self.module, name, None)
        if not callable(function):
            raise self.unfit(f"has no function `{name}`, so it is no {self.kind}")
        with self.blamed(function, secrets=secrets):
            return function(*arguments)

    def given(self, value: Any, kind: type[T], *, by: Any) -> T:
        """Return what one of its functions gave. Raises `PluginError` when it is no `kind`."""
        if isinstance(value, kind):
            return value
        name = getattr(by, "__name__", "make")
        raise self.unfit(f"gave {_of(value)} from `{name}`, not {_a(kind.__name__)}", at=by)

    def complete(self, made: Any, needed: Collection[str], *, by: str) -> None:
        """Refuse what its function `by` made when it lacks a name. Raises `PluginError`."""
        with self.blamed():
            lacking = [name for name in needed if not hasattr(made, name)]
        if lacking:
            what = f"gave {_of(made)} from `{by}`, without {', '.join(lacking)}"
            raise self.unfit(what, at=getattr(self.module, by))

    def unfit(self, what: str, *, at: Any = None) -> PluginError:
        """Return the error of a plug-in that is not as its contract says; `at` is a function."""
        return plugin_errors.unfit(what, kind=self.kind, name=self.name, module=self.module, at=at)

    @contextmanager
    def blamed(self, at: Any = None, *, secrets: Secrets | None = None) -> Iterator[None]:
        """Tell what a block raises as this plug-in's fault; `at` is the function it calls.

        The values of `secrets` are taken out of what an exception says.
        """
        try:
            yield
        except NewsletterError:
            raise
        except Exception as error:
            raise plugin_errors.failed(
                error,
                kind=self.kind,
                name=self.name,
                module=self.module,
                at=at,
                hide=secrets.hide if secrets else str,
            ) from error


def find(package: str, name: str) -> Plugin:
    """Find a plug-in and import it; raises what `load` raises."""
    return Plugin(_kind(package), name, load(package, name))


def _of(value: Any) -> str:
    return "None" if value is None else _a(type(value).__name__)


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiouAEIOU' else 'a'} {noun}"
