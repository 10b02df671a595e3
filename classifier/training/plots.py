"""One picture of an examination: confusion, reliability, coverage and precision, learning."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from classifier.labels import INSTRUMENTS, LABELS
from classifier.training.examined import Examined
from classifier.training.learners import Epoch

_BINS: Final = 15
_BLUE, _ORANGE, _GREY = "#2f6fde", "#e0812b", "#8a8f98"


def draw(title: str, examined: Examined, path: Path) -> None:
    """Draw four panels into a PNG of 1200 x 1000 pixels."""
    scored = examined.that_score()
    with mpl.rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(12, 10), dpi=100, layout="constrained")
        ((first, second), (third, fourth)) = figure.subplots(2, 2)
        figure.suptitle(f"{title}: {examined.protocol}", fontsize=12)
        _draw_confusion(first, scored)
        _draw_reliability(second, scored)
        _draw_coverage(third, scored)
        _draw_learning(fourth, examined.histories)
        figure.savefig(path, metadata={"Software": None})


def _draw_confusion(axes: Any, examined: Examined) -> None:
    counts = examined.confusion()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*counts.shape):
        colour = "white" if shares[row, column] > 0.5 else "black"
        text = f"{counts[row, column]:,}\n{shares[row, column]:.0%}"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)
    axes.set_xticks(range(len(LABELS)), LABELS)
    axes.set_yticks(range(len(LABELS)), LABELS)
    axes.set(xlabel="What the model says", ylabel="What it is", title="Confusion")
    axes.spines[:].set_visible(False)


def _draw_reliability(axes: Any, examined: Examined) -> None:
    confidence = examined.probabilities.max(axis=1)
    right = examined.probabilities.argmax(axis=1) == examined.corpus.truth
    parts = [
        part for part in np.array_split(np.argsort(confidence, kind="stable"), _BINS) if len(part)
    ]
    said = [confidence[part].mean() for part in parts]
    was = [right[part].mean() for part in parts]
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1, label="as it should be")
    axes.plot(said, was, color=_BLUE, marker="o", label=f"{len(parts)} bins of equal mass")
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), title="Reliability")
    axes.set(xlabel="Confidence", ylabel="Share that is right")
    axes.legend(frameon=False)


def _draw_coverage(axes: Any, examined: Examined) -> None:
    truth, probabilities = examined.corpus.truth, examined.probabilities
    predicted = probabilities.argmax(axis=1)
    put = np.flatnonzero(predicted < len(INSTRUMENTS))
    order = put[np.argsort(-probabilities.max(axis=1)[put], kind="stable")]
    right = np.cumsum(predicted[order] == truth[order])
    sorted_share = right / max(1, int((truth < len(INSTRUMENTS)).sum()))
    axes.plot(sorted_share, right / np.arange(1, len(order) + 1), color=_BLUE)
    axes.axhline(0.95, color=_GREY, linestyle="--", linewidth=1)
    axes.set(xlim=(0, 1.02), ylim=(0.6, 1.005), title="What a threshold buys")
    axes.set(xlabel="Instruments sorted rightly", ylabel="Share right of what is sorted")


def _draw_learning(axes: Any, histories: tuple[tuple[Epoch, ...], ...]) -> None:
    axes.set(title="Learning", xlabel="Epoch")
    if not histories:
        axes.text(0.5, 0.5, "not trained in epochs", ha="center", transform=axes.transAxes)
        axes.set_axis_off()
        return
    share = axes.twinx()
    for number, history in enumerate(histories):
        epochs = np.arange(1, len(history) + 1)
        seen = {"label": "loss, learning"} if not number else {}
        asked = {"label": "loss, held out"} if not number else {}
        axes.plot(epochs, [one.loss for one in history], color=_GREY, linewidth=1, **seen)
        axes.plot(epochs, _known(history, "held_out_loss"), color=_ORANGE, linewidth=1, **asked)
        share.plot(epochs, _known(history, "held_out_accuracy"), color=_BLUE, linewidth=1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("Loss (nats)")
    share.set_ylabel("Accuracy of the outputs, held out", color=_BLUE)
    share.set_ylim(0, 1)
    axes.legend(frameon=False, loc="center right")


def _known(history: tuple[Epoch, ...], name: str) -> list[float]:
    """Return a value of each epoch, not a number where nothing was held out."""
    values = [getattr(epoch, name) for epoch in history]
    return [float("nan") if value is None else value for value in values]
