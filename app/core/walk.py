"""Walking the user's folders: every sound file once, and a sentence for what stood in the way."""

from __future__ import annotations

import os
import stat
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from classifier import EXTENSIONS

# Sound, but of formats that libsndfile does not read.
UNSUPPORTED: Final = frozenset(
    {".3gp", ".aac", ".ac3", ".ape", ".dsf", ".m4a", ".m4b", ".mka", ".mp4", ".mpc", ".ra"}
    | {".rex", ".rx2", ".sd2", ".tta", ".webm", ".wma", ".wv"}
)
# Resource forks that macOS leaves in archives, which are named like sounds and are none; what
# was thrown away; what a network drive keeps for itself.
_SKIPPED_FOLDERS: Final = frozenset(
    {"__MACOSX", "$RECYCLE.BIN", "RECYCLER", "System Volume Information", "@eaDir", "#recycle"}
)

# What a folder is, however it is reached: its drive and its number there.
Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """Something that the walk came upon.

    Attributes
    ----------
    path : str
        A str for each of 100,000 files; names that are no Unicode as `os.fsdecode` gives them.
    problem : str or None
        One sentence where it is known already that it cannot be read.
    entry : os.DirEntry or None
        Of a file in a folder: asked for its size and times, it often knows them already.
    """

    path: str
    problem: str | None = None
    entry: os.DirEntry[str] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder that the walk has been in.

    Attributes
    ----------
    path : str
    found : list of Found
        Sound files, and what is named like one and cannot be read, by name.
    unsupported : Counter
        Files of formats that nobody here reads, by extension.
    problem : str or None
        Why it could not be listed.
    """

    path: str
    found: list[Found]
    unsupported: Counter[str]
    problem: str | None = None


def walk(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Found]:
    """Yield the sound files under `paths`, folder by folder in the order of their names.

    A path that is a file is taken whatever its name; in folders, those with the extension of a
    sound are, and each once, however often it is reached. Hidden files, ``._*`` and
    ``__MACOSX`` are passed over. Folders behind symbolic links come last, so that a folder
    reached both ways is listed under its own name. Nothing is raised: what cannot be opened is
    found with its problem.
    """
    walker = _Walker()
    for path in paths:
        yield from walker.take(os.fspath(path))
    for folder in walker.walk_linked():
        yield from _all_of(folder)


def walk_folders(
    root: str, *, is_excluded: Callable[[os.DirEntry[str]], bool] | None = None
) -> Iterator[Folder]:
    """Yield the folders under `root`, itself first, each with the sound files in it.

    As `walk` goes, and with the same files; `is_excluded` is asked for each file and folder.
    """
    walker = _Walker(is_excluded)
    yield from walker.walk(root)
    yield from walker.walk_linked()


def _all_of(folder: Folder) -> Iterator[Found]:
    if folder.problem:
        yield Found(folder.path, folder.problem)
    yield from folder.found


class _Walker:
    """One walk: which folders it has been in, and which links it has still to follow."""

    def __init__(self, is_excluded: Callable[[os.DirEntry[str]], bool] | None = None) -> None:
        self._is_excluded = is_excluded
        # By what a folder is, not by how it was reached.
        self._walked: set[Identity] = set()
        # Files named one by one, by the folder they lie in and their name.
        self._taken: set[tuple[Identity, str]] = set()
        self._linked: deque[str] = deque()

    def take(self, path: str) -> Iterator[Found]:
        """Yield a path that was asked for by name, or all that is in it."""
        if os.path.isdir(path):
            for walked in self.walk(path):
                yield from _all_of(walked)
            return
        if not os.path.lexists(path):
            yield Found(path, "There is no such file or folder.")
            return
        folder, name = os.path.split(path)
        try:
            identity = _identity(folder or os.curdir)
        except OSError:  # reading it will say so
            yield Found(path)
            return
        was_walked = identity in self._walked and _is_sound(name) and not name.startswith(".")
        if was_walked or (identity, name) in self._taken:
            return
        self._taken.add((identity, name))
        yield Found(path)

    def walk(self, folder: str) -> Iterator[Folder]:
        pending = [folder]
        while pending:
            here = pending.pop()
            try:
                entries = self._list(here)
            except OSError as error:
                yield Folder(here, [], Counter(), _why_not(error))
                continue
            if entries is None:
                continue
            met = Folder(here, [], Counter())
            folders: list[str] = []
            for entry in entries:
                self._meet(entry, met, folders)
            yield met
            pending += reversed(folders)

    def walk_linked(self) -> Iterator[Folder]:
        while self._linked:
            link = self._linked.popleft()
            if _leads_back(link):
                yield Folder(
                    link, [], Counter(), "This link leads back to a folder that it lies in."
                )
            else:
                yield from self.walk(link)

    def _list(self, folder: str) -> list[os.DirEntry[str]] | None:
        """Return what is in a folder by name; None if the walk has been there."""
        identity = _identity(folder)
        if identity in self._walked:
            return None
        self._walked.add(identity)
        with os.scandir(folder) as entries:
            kept = [entry for entry in entries if not self._is_passed_over(entry, identity)]
        return sorted(kept, key=lambda entry: entry.name)

    def _is_passed_over(self, entry: os.DirEntry[str], folder: Identity) -> bool:
        if entry.name.startswith(".") or entry.name in _SKIPPED_FOLDERS:
            return True
        if sys.platform == "win32" and _is_hidden(entry):
            return True
        if self._is_excluded and self._is_excluded(entry):
            return True
        return bool(self._taken) and (folder, entry.name) in self._taken

    def _meet(self, entry: os.DirEntry[str], met: Folder, folders: list[str]) -> None:
        """Note a file; put a folder or a link to one aside."""
        extension = _extension(entry.name)
        is_sound = extension in EXTENSIONS
        if not _is_folder(entry):
            if is_sound:
                met.found.append(Found(entry.path, None, entry))
            elif extension in UNSUPPORTED:
                met.unsupported[extension] += 1
            return
        if is_sound:
            sentence = "This is a folder, though it is named like a sound file."
            met.found.append(Found(entry.path, sentence))
        if entry.is_symlink():
            self._linked.append(entry.path)
        else:
            folders.append(entry.path)


def _identity(folder: str) -> Identity:
    status = os.stat(folder)
    # Some drives number nothing.
    return status.st_dev, status.st_ino or hash(os.path.realpath(folder))


def _is_sound(name: str) -> bool:
    return _extension(name) in EXTENSIONS


def _extension(name: str) -> str:
    # Not by os.path.splitext, which takes longer than all else that is done for a file.
    _, dot, extension = name.rpartition(".")
    return f"{dot}{extension}".lower()


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    """Tell whether Windows hides it; elsewhere a leading dot says so."""
    attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself; reading it will say so
        return False


def _leads_back(link: str) -> bool:
    """Tell whether the target of a link holds the link itself."""
    target = os.path.join(os.path.realpath(link), "")
    holder = os.path.join(os.path.realpath(os.path.dirname(link)), "")
    return holder.startswith(target)


def _why_not(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "No permission to open the folder."
    if isinstance(error, FileNotFoundError):
        return "The folder is not there."
    return f"The folder could not be opened: {error.strerror or error}."
