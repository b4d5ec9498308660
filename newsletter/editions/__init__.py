"""The edition of a date: assembled, edited, proved, approved; its files and its status.

`files` reads and writes `editions/DATE/`; `reader` and `writer` are the two directions of
`edition.toml`, `record` keeps where the parts came from, `status` says where an edition stands.
"""

from __future__ import annotations

from newsletter.editions.files import Assembled, EditionFiles

__all__ = ["Assembled", "EditionFiles"]
