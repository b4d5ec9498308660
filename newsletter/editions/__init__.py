"""The files of `editions/DATE/`.

`folder` reads and writes them; `writing` and `reading` are the two directions of `edition.toml`;
`record` keeps where the parts came from; `specimen` is the message as one reader would get it.
"""

from __future__ import annotations

from newsletter.editions.files import Assembled, Editions

__all__ = ["Assembled", "Editions"]
