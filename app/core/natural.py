"""Names in the order in which people count: "kick 2" before "kick 10"."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_NUMBER: Final = re.compile(r"\d+")
# Longer than any number in a name that means a number.
_DIGITS: Final = 12


def natural(name: bytes | str | None) -> str:
    """Return what a name sorts by: its letters without case, its numbers by their value."""
    if name is None:
        return ""
    text = os.fsdecode(name) if isinstance(name, bytes) else name
    key = _NUMBER.sub(lambda found: found[0].zfill(_DIGITS), text.casefold())
    # Halves of surrogate pairs, which stand for bytes that are no text, cannot be stored.
    return key.encode("utf-8", "replace").decode("utf-8")


def natural_ranks(names: Sequence[str]) -> NDArray[np.int32]:
    """Return the place of each name among the others, as people count; equal ones share theirs."""
    keys = list(map(natural, names))
    places = {key: place for place, key in enumerate(sorted(set(keys)))}
    return np.array([places[key] for key in keys], np.int32)
