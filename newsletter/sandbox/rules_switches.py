"""Rules for `mail_settings` and `tracking_settings`, field by field (sendgrid.md 1.1). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from newsletter.sandbox.exchange import Problem
from newsletter.sandbox.rules_addresses import mailbox
from newsletter.sandbox.shape import Object, as_object, is_integer, one_text

Rule = Callable[[Any, str], Iterator[Problem]]


def _boolean(value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(f"The {path} value must be a boolean.", path)


def _threshold(value: Any, path: str) -> Iterator[Problem]:
    if not is_integer(value) or not 1 <= value <= 10:
        yield Problem("The threshold of the spam check must be an integer from 1 to 10.", path)


def _url(value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        yield Problem(f"The {path} value must begin with http:// or https://.", path)


def _address(value: Any, path: str) -> Iterator[Problem]:
    yield from mailbox({"email": value}, path.removesuffix(".email"))


# What each setting may hold besides `enable`, which all of them need.
_MAIL: Mapping[str, Mapping[str, Rule]] = {
    "sandbox_mode": {},
    "footer": {"text": one_text, "html": one_text},
    "bcc": {"email": _address},
    "spam_check": {"threshold": _threshold, "post_to_url": _url},
    "bypass_list_management": {},
    "bypass_spam_management": {},
    "bypass_bounce_management": {},
    "bypass_unsubscribe_management": {},
}
_UTM = ("utm_source", "utm_medium", "utm_term", "utm_content", "utm_campaign")
_TRACKING: Mapping[str, Mapping[str, Rule]] = {
    "click_tracking": {"enable_text": _boolean},
    "open_tracking": {"substitution_tag": one_text},
    "subscription_tracking": {"text": one_text, "html": one_text, "substitution_tag": one_text},
    "ganalytics": dict.fromkeys(_UTM, one_text),
}
SETTINGS = {"mail_settings": _MAIL, "tracking_settings": _TRACKING}
_NEEDED = {"bcc": ("email",), "spam_check": ("threshold", "post_to_url")}  # once switched on
_BYPASS_ALL = "bypass_list_management"


def switches(value: Any, path: str, *, strict: bool) -> Iterator[Problem]:
    """Check one of the two objects: settings with a real boolean, and the fields of each."""
    found = as_object(value, path)
    if not found:
        yield Problem(f"The {path} object must not be empty; leave it out instead.", path)
    for name, entry in found.items():
        yield from _setting(name, as_object(entry, f"{path}.{name}"), path)
        if strict and name not in SETTINGS[path]:
            yield Problem(f"The {name} setting is not known.", f"{path}.{name}")
    yield from _bypasses(found, path)


def _setting(name: str, entry: Object, path: str) -> Iterator[Problem]:
    enabled = entry.get("enable")
    if not isinstance(enabled, bool):
        yield Problem(f"The {name} setting needs enable as a boolean.", f"{path}.{name}.enable")
    for field, rule in SETTINGS[path].get(name, {}).items():
        if field in entry:
            yield from rule(entry[field], f"{path}.{name}.{field}")
    for field in _NEEDED.get(name, ()) if enabled is True else ():
        if field not in entry:
            yield Problem(f"The {name} setting needs {field}.", f"{path}.{name}.{field}")


def _bypasses(found: Object, path: str) -> Iterator[Problem]:
    """Check that the bypass of everything stands alone among those that are switched on."""
    switched_on = {name for name in found if found[name].get("enable") is True}
    others = sorted(name for name in switched_on - {_BYPASS_ALL} if name.startswith("bypass_"))
    if _BYPASS_ALL in switched_on and others:
        yield Problem(
            f"{_BYPASS_ALL} cannot be combined with {' or '.join(others)}.",
            f"{path}.{_BYPASS_ALL}",
        )
