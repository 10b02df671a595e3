"""How often the root note is right, held against the notes that file names state.

    python tests/benchmarks/root_note_accuracy.py --corpus DIR [--list]

Reads the corpus manifest (`file`, `label`, `detail`, `pack`, `original_name`). Octaves in names
differ between makers, so pitch classes are compared: a root within 50 cents of the stated pitch
class is right. Beside it: what share of each kind of sound gets a root at all. Snares, claps, hats
and shakers should get next to none, 808s nearly all. Names are wrong at times (a relative key, a
version letter): `--list` prints the disagreements.
"""

from __future__ import annotations

import argparse
import csv
import math
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from classifier.root_note import RootNote, root_note

PITCHED: Final = ("808", "bass", "melodic", "tom", "kick")
UNPITCHED: Final = ("snare", "clap", "closed_hat", "open_hat", "shaker")

_SEMITONES: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SEPARATORS: Final = re.compile(r"[\s_\-.()\[\]]+")
# "F#", "Eb", "Cs2", "G1", "Fm", "A#min". Octaves above 6 are chords ("F7") or far from low.
_NOTE: Final = re.compile(r"([A-G])(#|b|s|♯|♭)?([0-6])?(m|min|maj)?")
# A letter at the very end: "808_F", "bass_hit_c", "Bass (D)", "Bass_G_2".
_LAST_LETTER: Final = re.compile(r"([\s_\-(\[])([A-Ga-g])[)\]]?[\s_]*\d*")


@dataclass(frozen=True, slots=True)
class Measured:
    """One sound of the corpus and what was found in it."""

    kind: str
    pack: str
    name: str
    stated: int | None
    root: RootNote | None
    seconds: float

    @property
    def deviation(self) -> float:
        """Semitones above the stated pitch class, -6 to 6."""
        assert self.root is not None
        assert self.stated is not None
        number = 69 + 12 * math.log2(self.root.hz / 440.0)
        return (number - self.stated + 6) % 12 - 6


def stated_pitch_class(name: str, kind: str) -> int | None:
    """Return 0 (C) to 11 (B) where a file name plainly states a note, else None."""
    if kind not in PITCHED:
        return None
    stem = name.rsplit(".", 1)[0]
    for word in _SEPARATORS.split(stem):
        match = _NOTE.fullmatch(word)
        # Drums are numbered A1, B2 and so on: for them only an accidental is plain.
        is_plain = match and (match[2] or (match[3] and kind not in ("tom", "kick")))
        if match and is_plain:
            shift = 1 if match[2] in ("#", "s", "♯") else -1 if match[2] else 0
            return (_SEMITONES[match[1]] + shift) % 12
    if kind not in ("808", "bass"):
        return None
    return _last_letter(stem)


def _last_letter(stem: str) -> int | None:
    found = list(_LAST_LETTER.finditer(stem))
    if not found or found[-1].end() != len(stem):
        return None
    before, letter = found[-1].groups()
    # "808 Bass A" is a version or an article as often as a key, "808_A" is a key.
    if letter == "a" or (letter == "A" and before.isspace()):
        return None
    return _SEMITONES[letter.upper()]


def measure(corpus: Path) -> list[Measured]:
    """Return every sound of the corpus with its root."""
    with (corpus / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return [_measure_one(corpus, row) for row in csv.DictReader(file)]


def _measure_one(corpus: Path, row: dict[str, str]) -> Measured:
    channels, sample_rate = soundfile.read(corpus / row["file"], dtype="float32", always_2d=True)
    samples = np.ascontiguousarray(channels.mean(axis=1))
    started = time.perf_counter()
    root = root_note(samples, sample_rate)
    seconds = time.perf_counter() - started
    kind = row["detail"] if row["label"] == "other" else row["label"]
    name = row["original_name"]
    stated = stated_pitch_class(name, kind)
    return Measured(kind, row["pack"], name, stated, root, seconds)


def print_accuracy(sounds: list[Measured]) -> None:
    print(f"{'kind':<12}{'named':>7}{'root':>7}{'right':>7}{'+-1':>7}{'right of root':>15}")
    for kind in PITCHED:
        _print_accuracy_row(kind, [s for s in sounds if s.kind == kind])
    _print_accuracy_row("all", sounds)
    _print_accuracy_row("recorded", [s for s in sounds if not s.pack.endswith("-synth")])


def _print_accuracy_row(title: str, sounds: Iterable[Measured]) -> None:
    named = [sound for sound in sounds if sound.stated is not None]
    off = [abs(sound.deviation) for sound in named if sound.root]
    right, close = sum(o <= 0.5 for o in off), sum(o <= 1.5 for o in off)
    share = f"{right / len(off):.1%}" if off else "-"
    print(f"{title:<12}{len(named):>7}{len(off):>7}{right:>7}{close:>7}{share:>15}")


def print_claims(sounds: list[Measured]) -> None:
    by_kind = defaultdict(list)
    for sound in sounds:
        by_kind[sound.kind].append(sound)
    print(f"\n{'kind':<12}{'sounds':>7}{'root':>7}{'share':>9}{'us, none':>10}{'us, root':>10}")
    first = [kind for kind in (*PITCHED, *UNPITCHED) if kind in by_kind]
    for kind in [*first, *sorted(by_kind.keys() - first)]:
        _print_claims_row(kind, by_kind[kind])


def _print_claims_row(kind: str, sounds: list[Measured]) -> None:
    times: dict[bool, list[float]] = {True: [], False: []}
    for sound in sounds:
        times[sound.root is not None].append(1e6 * sound.seconds)
    none, root = (f"{statistics.median(t):.0f}" if t else "-" for t in (times[False], times[True]))
    claims = len(times[True])
    print(f"{kind:<12}{len(sounds):>7}{claims:>7}{claims / len(sounds):>9.1%}{none:>10}{root:>10}")


def print_disagreements(sounds: list[Measured]) -> None:
    print("\nname and root disagree:")
    for sound in sounds:
        if sound.root and sound.stated is not None and abs(sound.deviation) > 0.5:
            root = f"{sound.root.name:<4}{sound.root.hz:7.2f} Hz {sound.deviation:+.2f} semitones"
            print(f"  {root}, confidence {sound.root.confidence:.2f}: {sound.pack}/{sound.name}")
    print("\nunpitched kinds with a root:")
    for sound in sounds:
        if sound.root and sound.kind in UNPITCHED:
            root = f"{sound.root.name:<4}{sound.root.hz:7.2f} Hz"
            print(f"  {root}, confidence {sound.root.confidence:.2f}: {sound.pack}/{sound.name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--list", action="store_true", help="list the disagreements")
    arguments = parser.parse_args()
    sounds = measure(arguments.corpus)
    print_accuracy(sounds)
    print_claims(sounds)
    if arguments.list:
        print_disagreements(sounds)


if __name__ == "__main__":
    main()
