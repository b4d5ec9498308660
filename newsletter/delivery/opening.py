"""Open the configured provider and its further faces; whatever is wrong in one is told as its own.

A provider gets the settings with the secrets it names, and comes back in a shell that has the
same methods. What it raises of the error tree goes through; anything else becomes a
`PluginError` with the provider's file and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from newsletter.core import plugins
from newsletter.core.clock import Clock
from newsletter.core.config.secrets import Secrets
from newsletter.core.config.settings import Settings
from newsletter.core.model import Submission
from newsletter.core.plugins import Plugin
from newsletter.delivery.provider import (
    AccountReview,
    EventParser,
    Provider,
    Statistics,
    SuppressionLists,
)

PACKAGE = "newsletter.delivery.providers"
_PROVIDER = ("name", "max_recipients", "problems", "fits", "submit", "close")
_ANSWERS: Mapping[str, type] = {"submit": Submission, "problems": Mapping, "parse": tuple}


def open_provider(settings: Settings, clock: Clock) -> Provider:
    """Open the configured provider.

    Raises `ConfigError` when there is none of that name, or a key or option is missing, and
    `PluginError` for one that is not as `delivery/provider.py` says.
    """
    plugin = plugins.find(PACKAGE, settings.delivery.provider)
    own = plugin.own(settings.secrets)
    made = plugin.call("make", _for(settings, own), clock, secrets=own)
    plugin.complete(made, _PROVIDER, by="make")
    return cast("Provider", _shell(made, plugin, own))


def open_parser(settings: Settings) -> tuple[EventParser, str | None] | None:
    """Open who reads the provider's events; None for a provider that reports nothing.

    Beside it stands the variable that has to be set, and is not, so that a post can be told
    genuine. Raises what `open_provider` raises.
    """
    face = _face(settings, "events")
    if face is None:
        return None
    plugin, own = face
    parser = plugin.call("make_parser", _for(settings, own), secrets=own)
    plugin.complete(parser, ("verify", "parse"), by="make_parser")
    key = getattr(plugin.module, "KEY", None)
    missing = key if key and not own.read(key) else None
    return cast("EventParser", _shell(parser, plugin, own)), missing


def open_lists(settings: Settings, clock: Clock) -> SuppressionLists | None:
    """Open the provider's suppression lists; None for one that keeps none.

    Raises what `open_provider` raises.
    """
    face = _face(settings, "lists")
    if face is None:
        return None
    plugin, own = face
    lists = plugin.call("make_lists", _for(settings, own), clock, secrets=own)
    plugin.complete(lists, ("between", "close"), by="make_lists")
    return cast("SuppressionLists", _shell(lists, plugin, own))


def open_statistics(settings: Settings, clock: Clock) -> Statistics | None:
    """Open what the provider counted by itself; None for one that keeps no count.

    Raises what `open_provider` raises.
    """
    face = _face(settings, "statistics")
    if face is None:
        return None
    plugin, own = face
    made = plugin.call("make_statistics", _for(settings, own), clock, secrets=own)
    plugin.complete(made, ("handed_over", "close"), by="make_statistics")
    return cast("Statistics", _shell(made, plugin, own))


def open_account(settings: Settings, clock: Clock) -> AccountReview | None:
    """Open who looks at the account; None for a provider without one.

    Raises what `open_provider` raises.
    """
    face = _face(settings, "account")
    if face is None:
        return None
    plugin, own = face
    made = plugin.call("make_account", _for(settings, own), clock, secrets=own)
    plugin.complete(made, ("review", "close"), by="make_account")
    return cast("AccountReview", _shell(made, plugin, own))


def _face(settings: Settings, part: str) -> tuple[Plugin, Secrets] | None:
    """Find a further module of the configured provider, and the provider's secrets."""
    name = settings.delivery.provider
    module = plugins.face(PACKAGE, name, part)
    if module is None:
        return None
    plugin = plugins.find(PACKAGE, name)
    return replace(plugin, module=module), plugin.own(settings.secrets)


def _for(settings: Settings, secrets: Secrets) -> Settings:
    return settings.model_copy(update={"secrets": secrets})


class _Shell:
    """What stands around an object of a plug-in and has all its public names."""

    def __init__(self, inner: Any, plugin: Plugin, secrets: Secrets) -> None:
        self._inner = inner
        self._plugin = plugin
        self._secrets = secrets

    def _call(self, name: str, *arguments: Any, **options: Any) -> Any:
        function = getattr(self._inner, name)
        with self._plugin.blamed(function, secrets=self._secrets):
            answer = function(*arguments, **options)
        if name in _ANSWERS:
            self._plugin.given(answer, _ANSWERS[name], by=function)
        return self._each(answer, function) if isinstance(answer, Iterator) else answer

    def _each(self, answers: Iterator[Any], function: Any) -> Iterator[Any]:
        with self._plugin.blamed(function, secrets=self._secrets):
            yield from answers


def _shell(inner: Any, plugin: Plugin, secrets: Secrets) -> _Shell:
    """Put a shell around an object. Its class has the names itself: protocols look there."""
    with plugin.blamed(secrets=secrets):
        public = [name for name in dir(inner) if not name.startswith("_")]
        body = {name: _forwarded(name, is_method=callable(getattr(inner, name))) for name in public}
    made: _Shell = type("_Shell", (_Shell,), body)(inner, plugin, secrets)
    return made


def _forwarded(name: str, *, is_method: bool) -> Any:
    if is_method:
        return lambda self, *arguments, **options: self._call(name, *arguments, **options)
    return property(lambda self: getattr(self._inner, name))
