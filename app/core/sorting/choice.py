"""How the user sorted last, so that he can do it again with one key."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from app.core.sorting.steps import Collision, Mode, Rules
from app.core.sorting.template import DEFAULT, Template


@dataclass(frozen=True, slots=True)
class SortChoice:
    """What the user chose; a template may be one that is still being typed.

    Attributes
    ----------
    mode : Mode
    destination : str
        Absolute path of a folder; '' before one was chosen.
    template : str
    on_collision : Collision
    with_unsure, with_other, removes_emptied : bool
    """

    mode: Mode = Mode.COPY
    destination: str = ""
    template: str = DEFAULT.text
    on_collision: Collision = Collision.KEEP_BOTH
    with_unsure: bool = False
    with_other: bool = False
    removes_emptied: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether it says where samples go."""
        return self.mode is Mode.TAG or bool(self.destination)

    def rules(self, least_confidence: float | None) -> Rules:
        """Return it as what a plan is made by.

        Raises
        ------
        AppError
            If the template is none.
        """
        is_tag, is_move = self.mode is Mode.TAG, self.mode is Mode.MOVE
        return Rules(
            destination="" if is_tag else os.path.abspath(self.destination),
            mode=self.mode,
            template=DEFAULT if is_tag else Template.parsed(self.template),
            least_confidence=least_confidence,
            with_unsure=self.with_unsure,
            with_other=self.with_other,
            on_collision=self.on_collision,
            removes_emptied=self.removes_emptied and is_move,
        )

    def as_texts(self) -> tuple[tuple[str, str], ...]:
        """Return it as pairs of texts, to be kept."""
        return tuple((one.name, _written(getattr(self, one.name))) for one in fields(self))

    @classmethod
    def from_texts(cls, kept: Iterable[tuple[str, str]]) -> Self:
        """Return what was kept; what is unknown or no longer valid is as usual."""
        choice, found = cls(), dict(kept)
        for one in fields(cls):
            if one.name in found:
                with suppress(ValueError):
                    choice = replace(choice, **{one.name: _read(choice, one.name, found)})
        if choice.destination and not os.path.isabs(choice.destination):
            choice = replace(choice, destination="")
        return choice


def _written(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _read(choice: SortChoice, name: str, found: Mapping[str, str]) -> Any:
    usual = getattr(choice, name)
    return found[name] == "yes" if isinstance(usual, bool) else type(usual)(found[name])
