"""A sample as the catalog knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.core.catalog.states import State
from app.core.names import Evidence
from classifier import LABELS, UNSURE

if TYPE_CHECKING:
    from classifier import Descriptors, RootNote

# What a sample can be decided to be.
DECISIONS: Final = (*LABELS, UNSURE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sound file of the library.

    Attributes
    ----------
    id : int
    path : str
    problem : str or None
        One sentence, where it cannot be read.
    state : State
        Whether it waits, is done, cannot be read, or is online only.
    name_says : Evidence or None
    label, confidence, kind, probabilities
        What the sound says: an instrument or Other, 0 to 1, a kind of Other, six shares; None
        before it was looked into.
    threshold : float or None
        Confidence below which it is Unsure; None before it was looked into.
    correction : str or None
        What the user said: an instrument or Other.
    tags : tuple of str
    comment : str
    is_favourite : bool
    content : bytes or None
        Identity of the stored audio.
    size : int
    mtime_s : float
        Bytes; seconds since 1970.
    added_at : float
        When it was first listed.
    encoding, sample_rate, channels, is_stereo, bit_depth, duration_s
        Of the file; see `classifier.Sound`.
    peak_dbfs, rms_dbfs : float or None
        None for silence.
    descriptors : Descriptors or None
    root_note : RootNote or None
    """

    id: int
    path: str
    problem: str | None
    state: State
    name_says: Evidence | None
    label: str | None
    confidence: float | None
    kind: str | None
    probabilities: tuple[float, ...] | None
    threshold: float | None
    correction: str | None
    tags: tuple[str, ...]
    comment: str
    is_favourite: bool
    content: bytes | None
    size: int
    mtime_s: float
    added_at: float
    encoding: str | None
    sample_rate: int | None
    channels: int | None
    is_stereo: bool | None
    bit_depth: int | None
    duration_s: float | None
    peak_dbfs: float | None
    rms_dbfs: float | None
    descriptors: Descriptors | None
    root_note: RootNote | None

    @property
    def decision(self) -> str | None:
        """What sorting will do with it: an instrument, Other or Unsure. A correction wins."""
        if self.correction is not None or self.confidence is None or self.threshold is None:
            return self.correction
        return self.label if self.confidence >= self.threshold else UNSURE

    @property
    def disagrees(self) -> bool:
        """Whether the name says something else than the sound, and the user has not decided."""
        if self.correction is not None or not (self.name_says and self.label):
            return False
        return self.name_says.label != self.label
