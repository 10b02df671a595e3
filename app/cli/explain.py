"""``kitsort classify --explain``: everything that is known of a file, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from app.cli.output import Row, visible
from app.cli.scores import score_line
from classifier import LABELS, Analysis, Card

_BAR: Final = 24


def explain(row: Row, card: Card, threshold: float) -> str:
    """Return some lines: the label, the six probabilities, the numbers, and who says so."""
    return "\n".join(
        [visible(row.path), *(f"  {text}".rstrip() for text in _lines(row, card, threshold))]
    )


def _lines(row: Row, card: Card, threshold: float) -> Iterator[str]:
    if row.analysis is None:
        yield f"Problem: {row.error}"
        return
    prediction = row.analysis.prediction
    kind = f" ({prediction.kind})" if prediction.kind else ""
    yield f"{prediction.label}{kind}, {prediction.confidence:.1%} sure; decision: {row.decision}"
    yield ""
    yield from bars(prediction.probabilities)
    yield ""
    yield from _numbers(row.analysis)
    yield ""
    yield f"{'Model':16} {card.title}, version {card.version}"
    yield f"{'Unsure':16} below {threshold:.1%}"
    yield f"{'How right':16} {score_line(card)}"
    yield ""


def bars(probabilities: Sequence[float]) -> list[str]:
    """Return the six probabilities, each as a line with a bar."""
    return [
        f"{label:16} {share:>6.1%}  {'█' * round(share * _BAR)}".rstrip()
        for label, share in zip(LABELS, probabilities, strict=True)
    ]


def _numbers(found: Analysis) -> Iterator[str]:
    sound, known, root = found.sound, found.descriptors, found.root_note
    where = f", begins after {sound.start_s:.3f} s of silence" if sound.start_s >= 0.001 else ""
    channels = "1 channel" if sound.channels == 1 else f"{sound.channels} channels"
    stereo = "" if sound.channels == 1 or sound.is_stereo else ", all the same"
    yield f"{'Length':16} {sound.duration_s:.3f} s{where}"
    yield f"{'Format':16} {sound.encoding}, {sound.sample_rate:,} Hz, {channels}{stereo}"
    yield f"{'Root note':16} {root.name if root else 'none'}"
    yield f"{'Peak, loudness':16} {found.peak_dbfs:.1f} dBFS, {found.rms_dbfs:.1f} dBFS RMS"
    yield f"{'Attack, decay':16} {known.attack_s * 1000:.0f} ms, {known.decay_s * 1000:.0f} ms"
    yield f"{'Brightness':16} {known.centroid_hz:,.0f} Hz"
    low, high = known.low_balance, known.high_balance
    yield f"{'Balance':16} {low:.0%} below 200 Hz, {high:.0%} above 2 kHz"
    yield f"{'Zero crossings':16} {known.zero_crossings_hz:,.0f} a second"
