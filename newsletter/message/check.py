"""What a check looks at, what it gives, and how all of them are run.

One file of `checks/` is one rule, found by its name. It has `CODE` (its file name with hyphens),
`LEVEL`, and a pure `check(checked) -> Iterator[Fault]`. The publication chooses levels in
`[checks]`; an edition may accept a check's findings, with a reason, unless the module's `BINDING`
says why not. CONTRIBUTING.md has a complete example.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Protocol
from urllib.parse import urlsplit

from newsletter.core import plugins
from newsletter.core.config.settings import Settings
from newsletter.core.errors import ConfigError, TemplateError, Where
from newsletter.core.model import Edition, Message, NoStory
from newsletter.core.model.clients import USUAL, Family
from newsletter.core.model.findings import Fault, Finding, Severity
from newsletter.core.plugins import Plugin
from newsletter.message import merge
from newsletter.message.external import NOTHING, External
from newsletter.message.html.document import parse

_PACKAGE = "newsletter.message.checks"
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """Who publishes, and whether what they send can reach anybody beyond this machine."""

    name: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)  # host by key of [publication]
    is_public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check looks at: the edition, the message, and the message as one reader gets it."""

    edition: Edition
    message: Message
    subject: str  # with the longest substitutions put in
    html: str
    text: str
    unsubscribe_url: str
    postal_address: str
    language: str
    no_story: NoStory = "hold"
    clients: tuple[Family, ...] = USUAL  # whose readers the mail is made for
    outside: External = NOTHING  # what somebody asked for
    imprint: Imprint = Imprint()

    @property
    def publication(self) -> str:
        """Return its name."""
        return self.imprint.name


class Check(Protocol):
    """One rule over the final message; pure and deterministic."""

    def __call__(self, checked: Checked) -> Iterator[Fault]:
        """Yield each fault with what was measured; the level is the publication's to choose."""
        ...


@cache
def codes() -> tuple[str, ...]:
    """List the codes of all checks, sorted."""
    return tuple(name.replace("_", "-") for name in plugins.names(_PACKAGE))


def run(checked: Checked, levels: Mapping[str, Severity]) -> tuple[Finding, ...]:
    """Run every check that is not off; give the findings, errors first, then by code.

    `levels` overrides a check's own level. Raises `ConfigError` for a code that no check has, and
    `PluginError` for a check that has a fault itself.
    """
    accepted = {one.code: one.reason for one in checked.edition.background.accepted}
    _refuse_unknown(levels, table="checks", file="config.toml")
    _refuse_unknown(accepted, table="accepted", file="edition.toml")
    findings = [
        replace(finding, accepted="" if binding(code) else accepted.get(code, ""))
        for code in codes()
        for finding in _findings(code, checked, levels)
    ]
    return tuple(sorted(findings, key=lambda finding: _ORDER.index(finding.severity)))


def binding(code: str) -> str:
    """Say why a check's findings can never be accepted; empty when they can."""
    return str(getattr(_plugin(code).module, "BINDING", ""))


@cache
def _plugin(code: str) -> Plugin:
    """Find a check. Raises `PluginError` for one without what a check has to define."""
    name = code.replace("-", "_")
    plugin = replace(plugins.find(_PACKAGE, name), name=code)
    plugin.attribute("LEVEL", Severity)
    if plugin.attribute("CODE", str) != code:
        raise plugin.unfit(f"has another `CODE`, and its file's name says “{code}”")
    return plugin


def _faults(plugin: Plugin, checked: Checked) -> list[Fault]:
    check = getattr(plugin.module, "check", None)
    found = plugin.call("check", checked)
    with plugin.blamed(check):
        return [plugin.given(fault, Fault, by=check) for fault in found]


def _findings(code: str, checked: Checked, levels: Mapping[str, Severity]) -> Iterator[Finding]:
    if levels.get(code) is Severity.OFF:  # it is not even imported: a way around one at fault
        return
    plugin = _plugin(code)
    severity = levels.get(code, plugin.module.LEVEL)
    if severity is Severity.OFF:
        return
    for fault in _faults(plugin, checked):
        yield Finding(
            fault.message,
            fault.hint,
            measured=fault.measured,
            limit=fault.limit,
            place=fault.place,
            code=code,
            severity=severity,
        )


def _refuse_unknown(named: Iterable[str], *, table: str, file: str) -> None:
    valid = codes()
    for code in named:
        if code not in valid:
            close = difflib.get_close_matches(code, valid, n=1)
            raise ConfigError(
                f"there is no check called “{code}”.",
                hint=(f"Did you mean “{close[0]}”? " if close else "")
                + f"Valid: {', '.join(valid)}.",
                where=Where(file=file, key=f"{table}.{code}", place=f"[{table}] of {file}"),
            )


def checked_message(
    edition: Edition,
    message: Message,
    *,
    values: Mapping[str, str],
    unsubscribe_url: str,
    settings: Settings,
) -> Checked:
    """Put one reader's values into the message, as the provider will.

    `values` has a value for each field of the message, by name; give the longest there are. Raises
    `TemplateError` for a field that has neither a value nor a fallback.
    """
    try:
        own = merge.own_addresses(unsubscribe_url)
        tags = merge.substitutions(message.fields, {**values, **own})
    except KeyError as error:
        name = str(error.args[0])
        raise TemplateError(
            f"The template asks for the reader's “{name}”, which this reader does not have.",
            hint=f'Give it a fallback in the template: merge("{name}", "…").',
        ) from error
    return Checked(
        edition=edition,
        message=message,
        subject=merge.fill(message.subject, tags),
        html=merge.fill(message.html, tags),
        text=merge.fill(message.text, tags),
        unsubscribe_url=unsubscribe_url,
        postal_address=settings.publication.postal_address,
        language=settings.publication.language,
        no_story=settings.edition.no_story,
        clients=settings.clients.supported,
        imprint=_imprint(settings),
    )


def _imprint(settings: Settings) -> Imprint:
    own = settings.publication
    mails = {"sender.email": own.sender.email, "reply_to": own.reply_to, "contact": own.contact}
    hosts = {key: address.rpartition("@")[2] for key, address in mails.items() if address}
    site = {"url": urlsplit(own.url).hostname or ""}
    return Imprint(name=own.name, addresses=site | hosts, is_public=settings.reaches_readers)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a message's pictures are, and where its links lead, in order."""

    pictures: tuple[str, ...]
    links: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Return both, the pictures first."""
        return self.pictures + self.links


def addresses(checked: Checked) -> Addresses:
    """Return the addresses that a reader's program asks for."""
    page = parse(checked.html)
    pictures = tuple(image.get("src") for image in page.all("img"))
    return Addresses(pictures, tuple(link.get("href") for link in page.links))
