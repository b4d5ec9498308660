"""Put an acceptance into the text of `edition.toml`, and leave everything else as it is. Pure."""

from __future__ import annotations

from newsletter.core.model import Acceptance


def with_acceptance(text: str, acceptance: Acceptance) -> str:
    """Give the file's text with one acceptance more; a second one of the same check replaces it.

    Comments, blank lines and the order of the keys stay. The text has to be TOML.
    """
    import tomlkit

    document = tomlkit.parse(text)
    if "accepted" not in document:
        document.add(tomlkit.nl())
        document.add("accepted", tomlkit.table())
    document["accepted"][acceptance.code] = acceptance.reason
    return tomlkit.dumps(document)
