"""Take secrets out of what is shown of settings: passwords in addresses, keys, hooks. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"(^|[_.-])(pass(word|wd|phrase)?|pwd|secret|token|auth(orization)?|credentials?|signature"
    r"|sig|api_?key|apikey|access_?key|private_?key|key)($|[_.-])|password|secret|token",
    re.IGNORECASE,
)
_FOLDERS = frozenset({"PWD", "OLDPWD"})  # of a shell, the working folder: no password
# Somebody's name and password before a host; a password may hold any sign but white space.
_LOGIN = re.compile(r"(?P<before>[A-Za-z][A-Za-z0-9+.-]*://)(?P<user>[^\s:/?#@]*):[^\s\"'<>]*@")
_TOKEN_ALONE = re.compile(r"(?P<before>\bhttps?://)[^\s:/?#@]+@")
_ARGUMENT = re.compile(r"(?P<name>[?&][A-Za-z0-9_.-]+)=(?P<value>[^\s&#\"'<>]+)")
_PAIR = re.compile(r"\b(?P<name>(?:ssl)?password)\s*=\s*(?P<value>'[^']*'|\S+)", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Say whether a variable or a key is named like a secret, or like a file that holds one."""
    return name not in _FOLDERS and bool(_SECRET_NAME.search(name.removesuffix("_FILE")))


def masked_text(text: str) -> str:
    """Hide the passwords of addresses, and arguments that are named like secrets, in a text."""
    text = _LOGIN.sub(rf"\g<before>\g<user>:{HIDDEN}@", text)
    text = _TOKEN_ALONE.sub(rf"\g<before>{HIDDEN}@", text)
    text = _ARGUMENT.sub(_masked_argument, text)
    return _PAIR.sub(rf"\g<name>={HIDDEN}", text)


def masked(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as they may be shown; who knows a hook's whole address may post to it."""
    shown = {name: _masked_value(name, value) for name, value in document.items()}
    alerts = shown.get("alerts")
    if isinstance(alerts, dict):
        shown["alerts"] = {name: _origin_alone(value) for name, value in alerts.items()}
    return shown


def _masked_value(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _masked_value(key, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked_value(name, inner) for inner in value]
    if not isinstance(value, str) or not value:
        return value
    return HIDDEN if _SECRET_NAME.search(name) else masked_text(value)


def _origin_alone(value: Any) -> Any:
    """Leave of a web address its host."""
    if not isinstance(value, str) or "://" not in value:
        return value
    parts = urlsplit(value)
    host = parts.netloc.rpartition("@")[2]
    has_more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    return f"{parts.scheme}://{host}/{HIDDEN}" if has_more else value


def _masked_argument(found: re.Match[str]) -> str:
    hides = _SECRET_NAME.search(found["name"][1:])
    return f"{found['name']}={HIDDEN}" if hides else found[0]
