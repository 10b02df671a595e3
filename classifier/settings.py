"""Every setting of the features, frozen: a model's card carries them, and they must match."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class MelSettings:
    """How one log-mel picture of a sound is taken, in seconds and Hz, so that it fits any rate.

    Attributes
    ----------
    window_s : float
        Length of a Hann window; the nearest length that the FFT is quick at is used.
    hop_s : float
        From one frame to the next.
    frames : int
        Frames kept, from the start of the sound on; where the sound has ended, the floor.
    bands : int
        Triangular mel bands between `low_hz` and `high_hz`.
    floor_db : float
        Below the loudest band of the sound; what is quieter is set to it.
    """

    window_s: float
    hop_s: float
    frames: int
    bands: int
    low_hz: float
    high_hz: float
    floor_db: float = -80.0


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """What a model looks at.

    Attributes
    ----------
    model_s : float
        Seconds after leading silence that a model sees.
    levels_s : float
        Seconds after leading silence that the table's levels and times are taken from.
    fine : MelSettings
        The whole spectrum in short windows: the attack.
    low : MelSettings
        Below 500 Hz in long windows: how a kick falls and an 808 holds its note.
    """

    model_s: float = 2.0
    levels_s: float = 10.0
    fine: MelSettings = field(
        default=MelSettings(
            window_s=0.0174, hop_s=0.012, frames=167, bands=64, low_hz=20.0, high_hz=18_000.0
        )
    )
    low: MelSettings = field(
        default=MelSettings(
            window_s=0.0928, hop_s=0.048, frames=42, bands=32, low_hz=20.0, high_hz=500.0
        )
    )

    def as_json(self) -> dict[str, Any]:
        """Return plain values, as a model's card stores them."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> FeatureSettings:
        """Return the settings that a card holds.

        Raises
        ------
        TypeError, KeyError
            If a value is missing or unknown.
        """
        maps = {name: MelSettings(**values[name]) for name in ("fine", "low")}
        return cls(**{**values, **maps})
