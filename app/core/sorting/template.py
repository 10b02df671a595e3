"""Where a sample goes, as the user writes it: ``{instrument}/{name}``."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.core.errors import AppError
from app.core.sorting.safe_names import UNSAFE

FIELDS: Final = {
    "instrument": "Kick, Snare, 808, Open hat, Closed hat, Other or Unsure",
    "kind": "what an Other is, such as clap",
    "name": "the name of the file, without its ending",
    "root": "the folder that was scanned",
    "top": "the first folder below that",
    "folder": "the folder that the file lies in",
    "note": "its root note, such as F#1",
    "length": "such as 0.52s",
    "tag": "its first tag",
    "n": "a number, counted in each folder; {n:03} has three digits",
}
_DIGITS: Final = re.compile(r"0?[1-9]?")
# What is left over at the ends where a field was empty: "kick - " of "{name} - {note}".
_LOOSE_ENDS: Final = " -_,"
_GAPS: Final = re.compile(r"\s{2,}|\(\)|\[\]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text, then a field, with the digits that a number has."""

    text: str
    field: str | None
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was found good.

    Attributes
    ----------
    text : str
        As written.
    parts : tuple
        For each folder, and for the name, its pieces.
    """

    text: str
    parts: tuple[tuple[_Piece, ...], ...]

    @property
    def keeps_names(self) -> bool:
        """Whether a file is called what it was called."""
        return self.parts[-1] == (_Piece("", "name"),)

    @property
    def folder_fields(self) -> frozenset[str]:
        """The fields that are used in folders."""
        return frozenset(piece.field for part in self.parts[:-1] for piece in part if piece.field)

    @classmethod
    def parsed(cls, text: str) -> Template:
        """Return a template.

        Raises
        ------
        AppError
            One sentence that says what is wrong, made to be shown while somebody types.
        """
        parts = [part.strip() for part in text.strip().split("/")]
        if not all(parts):
            raise AppError("A folder or the name in the template is empty.")
        pieces = tuple(_pieces(part) for part in parts)
        if not any(piece.field in {"name", "n"} for piece in pieces[-1]):
            raise AppError("The last part of the template needs {name} or {n}.")
        return cls(text.strip(), pieces)

    @property
    def fields(self) -> frozenset[str]:
        """The fields that are used."""
        return frozenset(piece.field for part in self.parts for piece in part if piece.field)

    @property
    def begins_with_instrument(self) -> bool:
        """Whether the first folder is the instrument's, and nothing else."""
        return len(self.parts) > 1 and self.parts[0] == (_Piece("", "instrument"),)

    def filled(self, values: Mapping[str, str], number: int = 0) -> list[str]:
        """Return the folders, and the name without its ending; folders that are empty fall away.

        Not yet made safe; only what would end a folder's name is.
        """
        *folders, name = (_filled(part, values, number) for part in self.parts)
        return [*filter(None, folders), name or values["name"]]


def _pieces(part: str) -> tuple[_Piece, ...]:
    if part in {".", ".."}:
        raise AppError(f"A template leads down from its folder: {part} leads elsewhere")
    try:
        parsed = list(string.Formatter().parse(part))
    except ValueError:
        raise AppError("There is a brace without its other half in the template.") from None
    return tuple(_piece(*found) for found in parsed)


def _piece(text: str, field: str | None, form: str | None, conversion: str | None) -> _Piece:
    if UNSAFE.search(text):
        raise AppError(f"{UNSAFE.search(text).group()!r} cannot stand in a name on every system.")  # type: ignore[union-attr]
    if field is None:
        return _Piece(text, None)
    if field not in FIELDS or conversion:
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise AppError(f"There is no {{{field}}}; there are {known}.")
    if not form:
        return _Piece(text, field)
    if field != "n" or not _DIGITS.fullmatch(form):
        raise AppError(f"{{{field}:{form}}}: only a number has digits, as in {{n:03}}.")
    return _Piece(text, field, int(form))


def _filled(part: tuple[_Piece, ...], values: Mapping[str, str], number: int) -> str:
    if len(part) == 1 and not part[0].text and part[0].field != "n":
        return values[part[0].field] if part[0].field else ""
    found = ""
    for piece in part:
        found += piece.text
        if piece.field == "n":
            found += f"{number:0{piece.digits}}"
        elif piece.field:
            found += values[piece.field]
    return _GAPS.sub(" ", found).strip(_LOOSE_ENDS)


DEFAULT: Final = Template.parsed("{instrument}/{name}")
