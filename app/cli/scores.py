"""How a model's scores read in a line."""

from __future__ import annotations

from classifier import Card


def score_line(card: Card) -> str:
    """Return in one sentence how right a model is, and on what that was measured."""
    scores = card.scores
    if not scores.get("figures"):
        return "How right it is has not been measured."
    figures = scores["figures"]
    return (
        f"Right on {figures['accuracy']['value']:.1%} of {scores['sounds']:,} sounds from "
        f"{scores['packs']} packs ({scores['protocol']})"
    )
