"""The seed project's data frame: a row for each labelled sound, in a CSV file."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from classifier.audio import EXTENSIONS, Sound, read_sound
from classifier.descriptors import describe
from classifier.errors import AudioError
from classifier.labels import INSTRUMENTS, KINDS, LABELS, OTHER
from classifier.training.corpus import Corpus, CorpusError, Example, Progress, read_manifest

COLUMNS: Final = (
    *("File_path", "File_name", "Instrument", "Start_time", "End_time", "Index"),
    "Instrument_encoded",
    *(f"Instrument_{code}" for code in range(len(INSTRUMENTS))),
)
_CODE_OTHER: Final = LABELS.index(OTHER)
# What a folder of labelled sounds may be called, in lower case without spaces, dashes, dots.
_FOLDERS: Final[dict[str, str]] = {
    **{name.lower().replace(" ", ""): name for name in LABELS},
    **{f"{name.lower().replace(' ', '')}s": name for name in LABELS},
    **dict.fromkeys(("bd", "bassdrum", "bassdrums"), "Kick"),
    **dict.fromkeys(("sd", "snaredrum", "snaredrums"), "Snare"),
    **dict.fromkeys(("oh", "hatopen", "hatsopen", "openhihat", "openhihats"), "Open hat"),
    **dict.fromkeys(("ch", "hatclosed", "hatsclosed", "closedhihat", "closedhihats"), "Closed hat"),
    **dict.fromkeys(KINDS, OTHER),
    **{f"{kind}s": OTHER for kind in KINDS},
}


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled sound.

    Attributes
    ----------
    path : Path
    code : int
        Of ``LABELS``, 0 to 5.
    start_s, end_s : float
        The active region: from where the sound begins to where it has died away.
    """

    path: Path
    code: int
    start_s: float
    end_s: float

    def values(self, index: int) -> list[str | int | float]:
        """Return the row as `COLUMNS` has it."""
        hot = [int(self.code == code) for code in range(len(INSTRUMENTS))]
        times = round(self.start_s, 6), round(self.end_s, 6)
        label = LABELS[self.code]
        return [str(self.path), self.path.name, label, *times, index, self.code, *hot]


def labelled_files(folder: Path) -> list[tuple[Path, int]]:
    """Return the sounds of a folder with the codes of their labels, in order of their names.

    By its ``manifest.csv`` where there is one; else by the nearest folder above each file that
    is called after an instrument, Other or a kind of it.

    Raises
    ------
    CorpusError
        If there is no such folder, or no labelled sound in it.
    """
    if not folder.is_dir():
        raise CorpusError(f"There is no folder {folder}.")
    if (folder / "manifest.csv").is_file():
        return [(one.path, min(one.output, _CODE_OTHER)) for one in read_manifest(folder)]
    found = [
        (path, LABELS.index(label))
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in EXTENSIONS and not path.name.startswith("._") and path.is_file()
        if (label := _label_of(path.relative_to(folder)))
    ]
    if not found:
        raise CorpusError(
            f"No sound in {folder} lies in a folder called {', '.join(LABELS[:-1])} or {OTHER}."
        )
    return found


def _label_of(path: Path) -> str | None:
    for parent in path.parents:
        known = _FOLDERS.get(_plain(parent.name))
        if known:
            return known
    return None


def _plain(name: str) -> str:
    return "".join(char for char in name.lower() if char not in " -_.")


def rows_of(
    files: Sequence[tuple[Path, int]],
    *,
    skip: Callable[[Path, AudioError], None],
    progress: Progress,
) -> Iterator[Row]:
    """Yield the row of each file; what cannot be read, or is silent, is told to `skip`."""
    for done, (path, code) in enumerate(files, 1):
        progress("Reading", done, len(files))
        try:
            sound = _audible(path)
        except AudioError as error:
            skip(path, error)
            continue
        yield Row(path, code, sound.start_s, _end_of(sound))


def _audible(path: Path) -> Sound:
    sound = read_sound(path)
    if not len(sound.samples):
        raise AudioError("There is nothing to hear in it.")
    return sound


def _end_of(sound: Sound) -> float:
    active_s = describe(sound.samples, sound.sample_rate).active_s
    return min(sound.start_s + active_s, sound.duration_s)


def write_dataset(rows: Iterable[Row], out: Path) -> int:
    """Write rows as CSV, whole or not at all; return how many."""
    part = out.with_name(f"{out.name}.part")
    count = 0
    try:
        with part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for count, row in enumerate(rows, 1):
                writer.writerow(row.values(count - 1))
        if count:
            part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return count


def read_dataset(path: Path) -> Corpus:
    """Return the corpus that a data frame describes.

    The pack of a sound is the top folder that tells the sounds apart, above the one that is
    called after its label. What kind of sound an Other is the file does not say; and without
    any Other, what learns from it can't reject.

    Raises
    ------
    CorpusError
        If the file is missing, empty, or has a row that cannot be understood.
    """
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            rows = csv.DictReader(file)
            found = [_found(path.parent, row) for row in rows]
    except OSError as error:
        raise CorpusError(f"The data frame {path} cannot be read: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise CorpusError(
            f"{path} has a row that cannot be understood (line {rows.line_num}): {error}."
        ) from error
    if not found:
        raise CorpusError(f"{path} lists no sounds.")
    packs = _packs_of([sound for sound, _ in found])
    examples = tuple(
        Example(sound, code, pack, source=pack, license="not stated")
        for (sound, code), pack in zip(found, packs, strict=True)
    )
    rejects = any(code == _CODE_OTHER for _, code in found)
    return Corpus(examples, labels=LABELS if rejects else INSTRUMENTS, kinds=())


def _found(folder: Path, row: dict[str, str]) -> tuple[Path, int]:
    code = int(row["Instrument_encoded"])
    if not 0 <= code <= _CODE_OTHER:
        raise ValueError(f"no such code: {code}")
    return folder / row["File_path"], code


def _packs_of(paths: Sequence[Path]) -> list[str]:
    """Return the top folder of each sound, below what all have in common.

    Folders called after labels are no packs: `KitA/Kick/1.wav` and `KitA/Snare/1.wav` are of
    one pack, KitA.
    """
    homes = [_without_labels(path.parent) for path in paths]
    common = Path(os.path.commonpath(homes))
    tops = [home.relative_to(common).parts[:1] for home in homes]
    return [top[0] if top else common.name for top in tops]


def _without_labels(folder: Path) -> Path:
    while folder.parent != folder and _plain(folder.name) in _FOLDERS:
        folder = folder.parent
    return folder
