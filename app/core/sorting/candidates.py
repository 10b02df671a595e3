"""The samples that could be sorted, as the catalog knows them."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from app.core.catalog.database import Database
from app.core.catalog.states import State
from app.core.collector import without_collector
from classifier import KINDS, LABELS, UNSURE, note_of_hz


class Candidate(NamedTuple):
    """A sample, as far as sorting asks; a tuple of str, for there may be 100,000.

    Attributes
    ----------
    id : int
    root, below, name : str
        The folder that was scanned, the folder below it that the file lies in, and its name.
    size, mtime_ns : int
    state : int
        A `State`.
    is_link, is_online : bool
    content : bytes or None
    label, correction : int or None
        What the sound says, what the user said: positions in ``LABELS``.
    confidence, threshold : float or None
    kind : int or None
        A position in ``KINDS``.
    duration_s, root_hz : float or None
    tags : str or None
        As a JSON list.
    """

    id: int
    root: str
    below: str
    name: str
    size: int
    mtime_ns: int
    state: int
    is_link: bool
    is_online: bool
    content: bytes | None
    label: int | None
    correction: int | None
    confidence: float | None
    threshold: float | None
    kind: int | None
    duration_s: float | None
    root_hz: float | None
    tags: str | None

    def decision(self, least_confidence: float | None) -> str:
        """Return an instrument, Other or Unsure; a correction wins."""
        if self.correction is not None:
            return LABELS[self.correction]
        least = self.threshold if least_confidence is None else least_confidence
        if self.label is None or self.confidence is None or self.confidence < (least or 0.0):
            return UNSURE
        return LABELS[self.label]

    @property
    def kind_name(self) -> str:
        """What an Other is, or nothing."""
        return "" if self.kind is None else KINDS[self.kind]

    @property
    def note(self) -> str:
        """The root note, or nothing."""
        return "" if self.root_hz is None else note_of_hz(self.root_hz)[0]

    @property
    def tag_names(self) -> list[str]:
        """All tags, by name."""
        found: list[str] = json.loads(self.tags) if self.tags else []
        return sorted(found)


_SELECT: Final = (
    "SELECT samples.id, roots.path, folders.path, samples.name, size, mtime_ns, state, is_link, "
    "is_online, samples.content, predictions.label, corrections.label, confidence, threshold, "
    "kind, duration_s, root_hz, "
    "(SELECT json_group_array(tag) FROM tags WHERE tags.content = samples.content) "
    "FROM samples JOIN folders ON folders.id = folder JOIN roots ON roots.id = root "
    "LEFT JOIN predictions ON predictions.sample = samples.id "
    "LEFT JOIN models ON models.id = model "
    "LEFT JOIN corrections ON corrections.content = samples.content "
    "WHERE state <> ? "
)
_AMONG: Final = "AND samples.id IN (SELECT value FROM json_each(?))"


def candidates(
    database: Database, folders: Sequence[str] | None, samples: Collection[int] | None = None
) -> list[Candidate]:
    """Return the samples in some folders, or in all, by their path.

    Parameters
    ----------
    database : Database
    folders : sequence of str or None
        Absolute paths.
    samples : collection of int, optional
        Only those with these numbers; the ones that are not there any more are left out.
    """
    if samples is None:
        rows = database.rows(_SELECT, (State.VANISHED,))
    else:
        rows = database.rows(_SELECT + _AMONG, (State.VANISHED, json.dumps(list(samples))))
    decode: dict[bytes, str] = {}

    def text(path: bytes) -> str:
        if path not in decode:
            decode[path] = os.fsdecode(path)
        return decode[path]

    with without_collector():
        found = [
            Candidate(number, text(root), text(below), os.fsdecode(name), *rest)
            for number, root, below, name, *rest in rows
        ]
    if folders is not None:
        heads = tuple(os.path.join(folder, "") for folder in folders)
        found = [one for one in found if os.path.join(folder_of(one), "").startswith(heads)]
    found.sort(key=lambda one: (one.root, one.below, one.name))
    return found


def folder_of(candidate: Candidate) -> str:
    """Return the folder that a sample lies in."""
    return os.path.join(candidate.root, candidate.below) if candidate.below else candidate.root
