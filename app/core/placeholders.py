"""Files that are in a folder by name only: their content would have to be downloaded first."""

from __future__ import annotations

import os
from typing import Final

# Apple, <sys/stat.h>: SF_DATALESS.
_DATALESS: Final = 0x40000000
# Microsoft, "File Attribute Constants": OFFLINE, RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS.
_RECALLED: Final = 0x00001000 | 0x00040000 | 0x00400000


def is_online_only(status: os.stat_result) -> bool:
    """Tell whether opening the file would make iCloud, OneDrive or Dropbox fetch it."""
    flags = getattr(status, "st_flags", 0)
    attributes = getattr(status, "st_file_attributes", 0)
    return bool(flags & _DATALESS or attributes & _RECALLED)
