"""Reports of an examination: for people (Markdown), for programs (JSON), and a picture (PNG)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from classifier._version import __version__
from classifier.labels import INSTRUMENTS, LABELS
from classifier.training.doubts import shipped_doubts
from classifier.training.examined import Examined
from classifier.training.plots import draw

_FIGURES: Final = {
    "accuracy": "Accuracy",
    "log_loss": "Log-loss (nats)",
    "macro_f1_six": "Macro-F1, six labels",
    "macro_f1_five": "Macro-F1, the five instruments among themselves",
    "recall_808": "Recall of 808",
    "precision_808": "Precision of 808",
    "auroc_other": "AUROC of Other",
    "calibration_error": "Expected calibration error",
    "sorted_at_95": "Sorted where 95 % of what is sorted is right",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported of one model.

    Attributes
    ----------
    title : str
        The model's, for people.
    examined : Examined
    threshold : float
        At which the model acts by itself.
    """

    title: str
    examined: Examined
    threshold: float

    def values(self) -> dict[str, Any]:
        """Return everything that the report says, as plain values."""
        scored = self.examined.that_score()
        cleaned = scored.without(shipped_doubts())
        return {
            "model": self.title,
            "kitsort": __version__,
            **scored.scores(),
            "cleaned": cleaned.scores(),
            "doubtful": len(scored.corpus.examples) - len(cleaned.corpus.examples),
            "confusion": scored.confusion().tolist(),
            "at_own_threshold": at_threshold(scored, self.threshold),
            "epochs": [[asdict(epoch) for epoch in fit] for fit in self.examined.histories],
        }

    def write(self, folder: Path, stem: str) -> list[Path]:
        """Write ``stem.md``, ``stem.json`` and ``stem.png``; return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        values = self.values()
        paths = [folder / f"{stem}{suffix}" for suffix in (".md", ".json", ".png")]
        paths[0].write_text("\n".join(_markdown(values, paths[2].name)) + "\n", encoding="utf-8")
        text = json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False)
        paths[1].write_text(text + "\n", encoding="utf-8")
        draw(self.title, self.examined, paths[2])
        return paths


def at_threshold(examined: Examined, threshold: float) -> dict[str, float]:
    """Return what sorting at a given confidence does: what share it sorts, how much is right."""
    truth, probabilities = examined.corpus.truth, examined.probabilities
    predicted = probabilities.argmax(axis=1)
    put = (predicted < len(INSTRUMENTS)) & (probabilities.max(axis=1) >= threshold)
    right = int((put & (predicted == truth)).sum())
    return {
        "threshold": threshold,
        "sorted": right / max(1, int((truth < len(INSTRUMENTS)).sum())),
        "right": right / max(1, int(put.sum())),
    }


def _markdown(values: dict[str, Any], picture: str) -> Iterator[str]:
    yield f"# {values['model']}: {values['protocol']}"
    yield ""
    yield (
        f"{values['sounds']:,} sounds from {values['packs']} packs; in brackets 95 % intervals, "
        f"bootstrapped over packs. *Cleaned*: without the {values['doubtful']:,} sounds whose "
        "labels are most likely wrong."
    )
    yield from ("", "| figure | as labelled | cleaned |", "|---|---|---|")
    for name, title in _FIGURES.items():
        if name in values["figures"]:
            cells = [_figure(part["figures"][name]) for part in (values, values["cleaned"])]
            yield f"| {title} | {' | '.join(cells)} |"
    own = values["at_own_threshold"]
    yield ""
    yield (
        f"At the confidence from which this model acts by itself ({own['threshold']:.2f}) it sorts "
        f"{own['sorted']:.1%} of the instruments, and {own['right']:.1%} of what it sorts is right."
    )
    yield from ("", "| label | sounds | precision | recall |", "|---|---|---|---|")
    for label, one in values["labels"].items():
        yield f"| {label} | {one['sounds']:,} | {one['precision']:.3f} | {one['recall']:.3f} |"
    yield from ("", "Rows: what it is; columns: what the model says.", "")
    yield f"| | {' | '.join(LABELS)} |"
    yield f"|---|{'---|' * len(LABELS)}"
    for label, row in zip(LABELS, values["confusion"], strict=True):
        yield f"| {label} | {' | '.join(f'{count:,}' for count in row)} |"
    yield from ("", f"![Confusion, reliability, coverage, learning]({picture})")


def _figure(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"
