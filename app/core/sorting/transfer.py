"""Changing the user's files: the only module that does. Nothing here can overwrite anything."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, Final, ParamSpec, TypeVar

from send2trash import TrashPermissionError, send2trash

from app.core.content import are_alike
from app.core.errors import AppError
from app.core.sorting.trash import find_in_trash

# What is written into a name that is being kept free, so that nobody takes it for a sound.
MARKER: Final = b"Kitsort keeps this name free while it moves a file here.\n"
# What a drive says that has no hard links, or a system that lacks the call.
_NO_LINKS: Final = frozenset(
    {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}
)
_NO_SUCH_CALL: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})
_AT_FDCWD: Final = -100
_RENAME_NOREPLACE: Final = 1
_RENAME_EXCL: Final = 4
_AT_ONCE: Final = 256 << 10  # a larger buffer costs fresh pages for each file


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Disk:
    """The disk, as far as files are changed.

    Parameters
    ----------
    watch : callable, optional
        Told "before" and "after" each single operation, with its name and path; what it raises
        happens in place of the operation. For tests, which stop or fail each of them in turn.
    """

    def __init__(self, watch: Callable[[str, str, str], None] | None = None) -> None:
        self._watch = watch

    def told(
        self,
        what: str,
        path: str,
        act: Callable[Arguments, Result],
        *args: Arguments.args,
        **more: Arguments.kwargs,
    ) -> Result:
        """Do one operation, and tell who watches."""
        if self._watch is None:
            return act(*args, **more)
        self._watch("before", what, path)
        result = act(*args, **more)
        self._watch("after", what, path)
        return result

    def rename(self, source: str, target: str) -> None:
        """Give a file another name on the same drive; never one that is taken.

        Raises
        ------
        FileExistsError
            If the name is taken.
        OSError
            With EXDEV, if it is on another drive; or what else the system says.
        """
        try:
            self.told("rename", target, _rename_exclusively, source, target)
        except OSError as error:
            if error.errno not in _NO_SUCH_CALL:
                raise
            self._rename_by_link(source, target)

    def rename_case(self, source: str, target: str, between: str) -> None:
        """Change only how a name is written, where the system takes both for the same."""
        self.rename(source, between)
        try:
            self.rename(between, target)
        except OSError:
            self.rename(between, source)
            raise

    def copy(self, source: str, target: str) -> None:
        """Copy a file, with its times, permissions and extended attributes, to a new name.

        On an error nothing is left of it.
        """
        self.told("create", target, _create, target)
        try:
            self.told("copy", target, _copy_bytes, source, target)
            self.told("attributes", target, shutil.copystat, source, target)
        except BaseException:
            self.remove(target)
            raise

    def flush(self, path: str) -> None:
        """Wait until a file is on the disk and no longer only on its way there."""
        self.told("flush", path, _flush, path)

    def flush_folder(self, folder: str) -> None:
        """Wait until the names in a folder are on the disk, where the system can say so."""
        with suppress(OSError):  # network drives refuse it
            self.told("flush folder", folder, _flush, folder)

    def verify(self, path: str, source: str) -> None:
        """Read a copy back.

        Raises
        ------
        OSError
            If it is not what it was copied from.
        """
        if not self.told("verify", path, are_alike, path, source):
            raise OSError(errno.EIO, "the copy differs from the original")

    def hard_link(self, source: str, target: str) -> None:
        """Give a file a second name on the same drive."""
        self.told("link", target, os.link, source, target, follow_symlinks=False)

    def symbolic_link(self, source: str, target: str) -> None:
        """Make a link that leads to a file."""
        self.told("symlink", target, os.symlink, source, target)

    def remove(self, path: str) -> None:
        """Take a name away: of a copy or a link, or of what was moved and is there in full."""
        self.told("remove", path, os.unlink, path)

    def make_folder(self, path: str) -> None:
        """Make a folder whose parent is there; one that is there already is left."""
        with suppress(FileExistsError):
            self.told("make folder", path, os.mkdir, path)

    def remove_folder(self, path: str) -> None:
        """Take an empty folder away; one with anything in it is refused by the system."""
        self.told("remove folder", path, os.rmdir, path)

    def restore(self, path: str, mode: int | None, mtime_ns: int | None) -> None:
        """Give a folder, or what lay in it, back the permissions and the time that it had."""
        if mode is not None:
            self.told("mode", path, os.chmod, path, stat.S_IMODE(mode))
        if mtime_ns is not None:
            self.told("time", path, os.utime, path, ns=(mtime_ns, mtime_ns))

    def write_junk(self, path: str, content: bytes) -> None:
        """Put back what a system had left in a folder, unless there is one again."""
        with suppress(FileExistsError):
            self.told("junk", path, _write_new, path, content)

    def trash(self, path: str) -> None:
        """Put a file into the system's trash.

        Raises
        ------
        AppError
            If there is no trash for it; the file stays.
        """
        try:
            self.told("trash", path, send2trash, path)
        except TrashPermissionError as error:
            raise AppError(f"{path}: There is no trash on its drive; it stays.") from error
        except OSError as error:
            why = error.strerror or error
            raise AppError(f"{path}: It could not be put into the trash ({why}).") from error

    def take_from_trash(self, path: str) -> None:
        """Put a file back where it was before it was put into the trash.

        Raises
        ------
        AppError
            If it is not there any more, its name is taken, or only the system's own window
            can bring it back (Windows, macOS).
        """
        kept = find_in_trash(path)
        try:
            self._take(kept.file, path)
        except FileExistsError as error:
            raise AppError(f"{path}: The name is taken by now; it stays in the trash.") from error
        except OSError as error:
            why = error.strerror or error
            raise AppError(f"{path}: It could not be taken from the trash ({why}).") from error
        with suppress(OSError):
            self.remove(kept.note)

    def _take(self, source: str, target: str) -> None:
        """Move a file to a name that is free, on whatever drive."""
        try:
            self.rename(source, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self.copy(source, target)
            self.flush(target)
            self.verify(target, source)
            self.remove(source)

    def _rename_by_link(self, source: str, target: str) -> None:
        """Give a file its new name before the old one is taken away."""
        try:
            self.told("link", target, os.link, source, target, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            self._rename_onto_marker(source, target)
            return
        try:
            self.remove(source)
        except OSError:
            self.remove(target)
            raise

    def _rename_onto_marker(self, source: str, target: str) -> None:
        """Take the name with a file of our own, and put the sample in its place.

        For drives without hard links on systems that cannot rename without overwriting.
        """
        if os.stat(os.path.dirname(source)).st_dev != os.stat(os.path.dirname(target)).st_dev:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        self.told("marker", target, _write_new, target, MARKER)
        try:
            if not is_marker(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
            self.told("replace", target, os.replace, source, target)
        except OSError:
            if is_marker(target):
                self.remove(target)
            raise


def is_marker(path: str) -> bool:
    """Tell whether a file only keeps its name free."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size != len(MARKER):
            return False
        with open(path, "rb") as file:
            return file.read() == MARKER
    except OSError:
        return False


def _rename_exclusively(source: str, target: str) -> None:
    if sys.platform == "win32":
        os.rename(source, target)
        return
    call = _exclusive_rename()
    if call is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if call(os.fsencode(source), os.fsencode(target)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), source, None, target)


@cache
def _exclusive_rename() -> Callable[[bytes, bytes], int] | None:
    """Return the system's own call that renames and never overwrites, if it has one."""
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        call: Any = getattr(library, "renamex_np", None)
        return call and (lambda source, target: call(source, target, _RENAME_EXCL))
    call = getattr(library, "renameat2", None)
    return call and (
        lambda source, target: call(_AT_FDCWD, source, _AT_FDCWD, target, _RENAME_NOREPLACE)
    )


def _create(path: str) -> None:
    os.close(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    )


def _write_new(path: str, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)


def _copy_bytes(source: str, target: str) -> None:
    with open(source, "rb", buffering=0) as original, open(target, "r+b", buffering=0) as copy:
        shutil.copyfileobj(original, copy, _AT_ONCE)
        if sys.platform.startswith("linux"):
            with suppress(OSError):  # the drive begins to write, while the next file is copied
                os.posix_fadvise(copy.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        if sys.platform == "win32":  # which flushes only what is open for writing
            os.fsync(copy.fileno())


def _flush(path: str) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
