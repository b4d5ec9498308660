"""Email Activity: which mail was taken, by its custom arguments. Pure over what the account has.

Of the query language only what names one argument is understood; anything else finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

import orjson

from newsletter.sandbox.drafts import Draft, Mail

_ARGUMENT = re.compile(r"\(?unique_args\['([^']+)'\]=\"([^\"]*)\"\)?")


def search(query: str, taken: Iterable[Mail | Draft], *, limit: int) -> list[dict[str, Any]]:
    """List the messages a query is about, at most so many."""
    found = _ARGUMENT.fullmatch(query.strip())
    if found is None:
        return []
    name, value = found.groups()
    matching = (one for one in taken if one.custom_args.get(name) == value)
    return [_summary(one) for one in islice(matching, limit)]


def message(message_id: str, taken: Iterable[Mail | Draft]) -> dict[str, Any] | None:
    """Describe one message; None where there is none of this id."""
    for one in taken:
        if one.sg_message_id == message_id:
            return _summary(one) | {"unique_args": orjson.dumps(dict(one.custom_args)).decode()}
    return None


def _summary(one: Mail | Draft) -> dict[str, Any]:
    return {
        "msg_id": one.sg_message_id,
        "to_email": one.recipient,
        "status": "delivered" if isinstance(one, Mail) else "processing",
    }
