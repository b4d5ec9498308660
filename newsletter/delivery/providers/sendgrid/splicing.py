"""JSON for a thousand people in a few calls: pieces that are everybody's, and columns. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from newsletter.core.model.recipients import Lines, Wrapped

Piece = bytes | Sequence[bytes]  # the same for everybody, or a column with one for each


class Escaped:
    """Columns of texts as they stand inside the quotes of JSON strings; each is written once."""

    def __init__(self) -> None:
        # The column is kept too: its identity must not go to another one meanwhile.
        self._written: dict[int, tuple[Sequence[str], Sequence[bytes]]] = {}

    def __call__(self, column: Sequence[str]) -> Sequence[bytes]:
        """Write a column. Raises `orjson.JSONEncodeError` for half characters."""
        found = self._written.get(id(column))
        if found is None:
            found = self._written[id(column)] = (column, escaped(column))
        return found[1]

    def pieces(self, column: Sequence[str]) -> list[Piece]:
        """Write a column as pieces: what differs, and what is everybody's around it."""
        if not isinstance(column, Wrapped):
            return [self(column)]
        before, after = (escaped([text])[0] for text in (column.before, column.after))
        return [before, self(column.column), after]


def escaped(column: Sequence[str]) -> Sequence[bytes]:
    """Write texts as they stand inside the quotes of JSON strings, in one call.

    Indented, a list has one string a line; and as JSON escapes line ends, no string has one
    inside. So the lines can be parted again, whatever the texts are.
    """
    if not column:
        return []
    if isinstance(column, Lines) and column.is_plain:
        return column.encoded
    written = orjson.dumps(list(column), option=orjson.OPT_INDENT_2)
    return written[len(b'[\n  "') : -len(b'"\n]')].split(b'",\n  "')


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Put neighbours that are everybody's together."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if isinstance(piece, bytes) and isinstance(last, bytes):
            found[-1] = last + piece
        else:
            found.append(piece)
    return found


def splice(pieces: Sequence[Piece], count: int, *, before: bytes, after: bytes) -> bytes:
    """Write the pieces one after the other, once for each of so many people, with commas between.

    What stands before and after all of them is put in at once: it would all be copied again.
    """
    pieces = [*_joined(pieces), b","]
    table = [b""] * (len(pieces) * count)
    for index, piece in enumerate(pieces):
        table[index :: len(pieces)] = [piece] * count if isinstance(piece, bytes) else piece
    table[-1:] = [after]  # in place of the last comma
    table.insert(0, before)
    return b"".join(table)
