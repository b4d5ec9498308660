"""Which secrets a publication needs: the names its plug-ins and its own parts read."""

from __future__ import annotations

from newsletter.core import plugins
from newsletter.core.config.settings import Settings
from newsletter.core.errors import NewsletterError
from newsletter.delivery import opening
from newsletter.subscribers.erasure import SECRET_KEY

SOURCES = "newsletter.content.sources"
PROVIDERS = opening.PACKAGE


def needed(settings: Settings) -> tuple[str, ...]:
    """Name the secrets of the list, the provider and the sources in use, each once."""
    found = [SECRET_KEY, *_of(PROVIDERS, settings.delivery.provider)]
    chains = settings.sources
    for entry in (*chains.story, *chains.fact, *chains.quote, *chains.word):
        found += _of(SOURCES, entry.type)
    return tuple(dict.fromkeys(found))


def present(settings: Settings) -> tuple[str, ...]:
    """Name those of the needed secrets that are set; one that cannot be read is not."""
    return tuple(name for name in needed(settings) if _is_set(settings, name))


def _is_set(settings: Settings, name: str) -> bool:
    try:
        return bool(settings.secret(name))
    except NewsletterError:
        return False


def _of(package: str, name: str) -> tuple[str, ...]:
    try:
        return tuple(plugins.find(package, name).secret_names())
    except NewsletterError:  # what is wrong with a plug-in is told where it is used
        return ()
