"""A small language for parts of the list: `tag:vip and zone:Europe/* and not state:bounced`.

It knows nothing but fields, `and`, `or`, `not` and brackets; there is nothing in it that could
reach the database or the machine. Values are compared without regard to case, `*` stands for any
run of letters, and a value with blanks goes in quotation marks. `parse` reads it, `belongs` says
what it means; `storage.subscribers.segments` says the same to a database.
"""

from newsletter.core.segments.meaning import Either, Every, Like, Not, Segment, Since, belongs, like
from newsletter.core.segments.parsing import are_same, as_written, parse

__all__ = [
    "Either",
    "Every",
    "Like",
    "Not",
    "Segment",
    "Since",
    "are_same",
    "as_written",
    "belongs",
    "like",
    "parse",
]
