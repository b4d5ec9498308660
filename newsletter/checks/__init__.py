"""Checks over the final message: one file is one rule, found by its name.

A check module has `CODE` (its file name with hyphens), `LEVEL`, and a pure
`check(checked) -> Iterator[Fault]`. The publication chooses levels in `[checks]`; an edition may
accept a check's findings, with a reason, unless the module's `BINDING` says why not.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from types import ModuleType

from newsletter.checks._checked import addresses, checked_message
from newsletter.checks._written import with_templates
from newsletter.core import plugins
from newsletter.core.errors import ConfigError
from newsletter.core.model.findings import Finding, Severity
from newsletter.ports import Checked

__all__ = ["addresses", "binding", "checked_message", "codes", "run", "with_templates"]

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@cache
def codes() -> tuple[str, ...]:
    """List the codes of all checks, sorted."""
    return tuple(name.replace("_", "-") for name in plugins.names(__name__))


def run(checked: Checked, levels: Mapping[str, Severity]) -> tuple[Finding, ...]:
    """Run every check that is not off; give the findings, errors first, then by code.

    `levels` overrides a check's own level. Raises `ConfigError` for a code that no check has.
    """
    accepted = {one.code: one.reason for one in checked.edition.accepted}
    _refuse_unknown(levels, where="[checks] of config.toml")
    _refuse_unknown(accepted, where="[accepted] of edition.toml")
    findings = [
        replace(finding, accepted="" if binding(code) else accepted.get(code, ""))
        for code in codes()
        for finding in _findings(code, checked, levels)
    ]
    return tuple(sorted(findings, key=lambda finding: _ORDER.index(finding.severity)))


def binding(code: str) -> str:
    """Say why a check's findings can never be accepted; empty when they can."""
    return str(getattr(_module(code), "BINDING", ""))


@cache
def _module(code: str) -> ModuleType:
    return plugins.load(__name__, code.replace("-", "_"))


def _findings(code: str, checked: Checked, levels: Mapping[str, Severity]) -> Iterator[Finding]:
    module = _module(code)
    severity = levels.get(code, module.LEVEL)
    if severity is Severity.OFF:
        return
    for fault in module.check(checked):
        yield Finding(
            fault.message,
            fault.hint,
            measured=fault.measured,
            limit=fault.limit,
            place=fault.place,
            code=code,
            severity=severity,
        )


def _refuse_unknown(named: Iterable[str], *, where: str) -> None:
    valid = codes()
    for code in named:
        if code not in valid:
            close = difflib.get_close_matches(code, valid, n=1)
            raise ConfigError(
                f"{where}: there is no check called “{code}”.",
                hint=(f"Did you mean “{close[0]}”? " if close else "")
                + f"Valid: {', '.join(valid)}.",
            )
