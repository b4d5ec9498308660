"""Keep the sandbox on this machine."""

from __future__ import annotations

import ipaddress

from newsletter.core.errors import UsageError


def is_loopback(host: str) -> bool:
    """Say whether a host name or address certainly means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_loopback(host: str, what: str) -> None:
    """Raise `UsageError` for any host but this machine."""
    if not is_loopback(host):
        raise UsageError(
            f"{what} must be on this machine, not “{host}”.",
            hint="Use 127.0.0.1, ::1 or localhost: the sandbox takes any key and shows all mail.",
        )


def names_this_machine(host_header: str) -> bool:
    """Say whether a Host header is one of ours; a web page elsewhere cannot choose it."""
    name = host_header.rsplit(":", 1)[0] if not host_header.endswith("]") else host_header
    return is_loopback(name.strip("[]").lower())
