"""Names that every system takes: Windows, macOS and Linux, and a drive that goes between them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from pathvalidate import sanitize_filename

# What no name may hold on one system or another; and what could not be decoded.
UNSAFE: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]')
# A name with none of these is safe as it is; asking the library takes 30 times as long.
_RESERVED: Final = re.compile(r"^(?:con|prn|aux|nul|clock\$|com.|lpt.|\$|\.*$)", re.IGNORECASE)
# Most names are plain, and found to be so at once. Broader than what is reserved: "conga" is asked
# about at length. Not told to ignore case, which takes three times as long.
_PLAIN: Final = re.compile(
    r"(?![cC][oO][nN]|[pP][rR][nN]|[aA][uU][xX]|[nN][uU][lL]|[cC][lL][oO][cC][kK]|[cC][oO][mM]|"
    r"[lL][pP][tT]|[$.])[ !#-)+-.0-9;=@-\[\]-{}~]{1,160}(?<![ .])"
)
# Called with a whole name: whether it is short, of plain letters and surely safe, as most are.
is_plain: Final = _PLAIN.fullmatch
# Bytes in UTF-8 that a name may have on Linux; on the others characters, so it is the strictest.
_LONGEST_BYTES: Final = 255


def safe_name(name: str, ending: str = "", suffix: str = "") -> str:
    """Return `name` + `suffix` + `ending` so that every system takes it; only the name is cut.

    Parameters
    ----------
    name : str
        Of a folder, or of a file without its ending.
    ending : str
        With its dot; kept, made safe.
    suffix : str
        Such as " (2)".
    """
    whole = name + suffix + ending
    if UNSAFE.search(whole) or _RESERVED.match(name) or whole.endswith((" ", ".")):
        name, ending = UNSAFE.sub("_", name), UNSAFE.sub("_", ending).rstrip(". ")
        # Only at the very end does Windows drop dots and spaces.
        name = name if ending else name.rstrip(". ")
        if _RESERVED.match(name):
            name = sanitize_filename(name, platform="universal").strip(".") or "_"
        whole = name + suffix + ending
    if len(whole) * 4 <= _LONGEST_BYTES or len(whole.encode()) <= _LONGEST_BYTES:
        return whole
    room = _LONGEST_BYTES - len((suffix + ending).encode())
    return name.encode()[:room].decode("utf-8", "ignore").rstrip() + suffix + ending


def name_key(name: str) -> str:
    """Return what two names have in common that some system takes for the same."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
