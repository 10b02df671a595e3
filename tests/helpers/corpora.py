"""Small corpora: a folder of labelled sounds with its manifest."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import numpy as np

from classifier.synth import MAKERS
from tests.helpers.sounds import encode

COLUMNS: Final = ("file", "label", "detail", "pack", "source", "original_name", "license")
# What the manifest says of an output of the model.
_LABELS: Final = {
    "Kick": ("kick", ""),
    "Snare": ("snare", ""),
    "808": ("808", ""),
    "Open hat": ("open_hat", ""),
    "Closed hat": ("closed_hat", ""),
    "clap": ("other", "clap"),
    "melodic": ("other", "melodic"),
}


def manifest_row(file: str = "a.flac", **changes: str) -> dict[str, str]:
    """Return a row that can be understood, with some of its values changed."""
    row = {
        "file": file,
        "label": "kick",
        "detail": "",
        "pack": "A",
        "source": "someone/somewhere",
        "original_name": "Kick 1.wav",
        "license": "MIT",
    }
    return {**row, **changes}


def write_manifest(folder: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write ``manifest.csv``."""
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def write_corpus(folder: Path, *, packs: int = 6, each: int = 2, seed: int = 9) -> int:
    """Write sounds of five instruments and two others for each pack; return how many."""
    rng = np.random.default_rng(seed)
    rows = []
    for pack in range(packs):
        for name, (label, detail) in _LABELS.items():
            for take in range(each):
                file = f"{pack}-{name}-{take}.flac"
                sound = MAKERS[name](rng, 22_050)[: 2 * 22_050]
                (folder / file).write_bytes(encode(sound, 22_050, "FLAC", "PCM_16"))
                rows.append(manifest_row(file, label=label, detail=detail, pack=f"pack {pack}"))
    write_manifest(folder, rows)
    return len(rows)
