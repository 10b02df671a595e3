"""Where the catalog lies, and where it must not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from app.core.errors import CatalogError

_NAME: Final = "catalog.sqlite"
# File systems that other machines serve: their locks lie, and WAL needs shared memory.
_NETWORK_TYPES: Final = frozenset(
    {"9p", "afpfs", "afs", "cephfs", "cifs", "davfs", "fuse.davfs2", "fuse.rclone", "fuse.sshfs"}
    | {"glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs", "webdav"}
)


def default_place() -> Path:
    """Return where the catalog of this user lies: in the system's folder for such data."""
    from platformdirs import user_data_path  # noqa: PLC0415 - most commands never ask

    return user_data_path("Kitsort", appauthor=False) / _NAME


def require_local(path: Path) -> None:
    """Refuse a place on a network share.

    Raises
    ------
    CatalogError
        If another machine serves the folder.
    """
    if is_on_network(path.absolute()):
        raise CatalogError(
            f"The catalog cannot lie on a network share ({path.parent}): it would be damaged when "
            "two machines write. Choose a local folder with --catalog FILE."
        )


def is_on_network(path: Path) -> bool:
    """Tell whether a file is, or would be, served by another machine."""
    if str(path).startswith("\\\\"):
        return True
    import psutil  # noqa: PLC0415

    home = os.path.realpath(path)
    drives = [drive for drive in psutil.disk_partitions(all=True) if _holds(drive.mountpoint, home)]
    if not drives:
        return False
    # The innermost; of several on one place the last is the one that is seen.
    nearest = max(enumerate(drives), key=lambda item: (len(item[1].mountpoint), item[0]))[1]
    options = nearest.opts.split(",")
    return nearest.fstype.lower() in _NETWORK_TYPES or "remote" in options


def _holds(folder: str, path: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))
