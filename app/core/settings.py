"""What the window remembers from one start to the next."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

QUIETEST_DB: Final = -48.0
LOUDEST_DB: Final = 6.0
# What the lists that are kept hold, one like the other.
_ROWS: Final[dict[str, list[type]]] = {
    "sort": [str, bool],
    "columns": [str, int, bool],
    "window": [str, str],
    "sorting": [str, str],
}
# From where to where numbers may be.
_RANGES: Final = {
    "volume_db": (QUIETEST_DB, LOUDEST_DB),
    "threshold": (0.0, 1.0),
    "threads": (0, 256),
    "scale_percent": (50, 300),
    "middle_c": (3, 5),
}


class Theme(StrEnum):
    """Whether the window is dark; SYSTEM is as the system is."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user has chosen, and how he left the window.

    Attributes
    ----------
    theme : str
        One of `Theme`.
    volume_db : float
        ``QUIETEST_DB`` to ``LOUDEST_DB``.
    autoplay, looping, level_match, advance : bool
        Whether a chosen sample plays at once; again and again; all about equally loud; whether
        correcting one goes on to the next.
    device : str or None
        What is played on; None for the system's own choice.
    compact, on_top, shows_filters : bool
    search, bucket, sort : str, str, list
        As in `Filter`; ``[column, descending]`` each.
    columns : dict
        Of each column by its key: place, width, whether it is shown.
    window : dict
        Geometry, and where the parts meet.
    threshold : float or None
        Confidence below which a sample is Unsure; None for the model's own.
    model : str or None
        What names sounds; None for the default.
    threads : int
        That look into files; 0 for one for each core.
    scale_percent : int
        How large everything is; it takes hold with the next start.
    middle_c : int
        The octave that begins with middle C: 3, 4 or 5.
    sorting : list
        How the last sort was made, as names and values.
    """

    theme: str = Theme.SYSTEM
    volume_db: float = -6.0
    autoplay: bool = True
    looping: bool = False
    level_match: bool = False
    advance: bool = True
    device: str | None = None
    compact: bool = False
    on_top: bool = False
    shows_filters: bool = False
    search: str = ""
    bucket: str = "All"
    sort: tuple[tuple[str, bool], ...] = ()
    columns: tuple[tuple[str, int, bool], ...] = ()
    window: tuple[tuple[str, str], ...] = ()
    threshold: float | None = None
    model: str | None = None
    threads: int = 0
    scale_percent: int = 100
    middle_c: int = 4
    sorting: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what was kept; what is unknown, or of another type than it should be, is not."""
        settings = cls()
        with suppress(ValueError, RecursionError):
            kept = json.loads(text)
            for field in fields(cls) if isinstance(kept, dict) else ():
                if field.name in kept:
                    settings = _with(settings, field.name, kept[field.name])
        return settings

    def to_json(self) -> str:
        """Return it as it is kept."""
        return json.dumps(asdict(self), indent=1)


def _with(settings: Any, name: str, value: Any) -> Any:
    default = getattr(settings, name)
    if name in _ROWS:
        if not (isinstance(value, list) and all(_is_row(one, _ROWS[name]) for one in value)):
            return settings
        value = tuple(map(tuple, value))
    elif name in _RANGES:
        if not ((value is None and default is None) or _is_in(value, *_RANGES[name])):
            return settings
        value = float(value) if isinstance(default, float) else value
    elif not isinstance(value, (str, type(None)) if default is None else _type_of(default)):
        return settings
    return replace(settings, **{name: value})


def _is_in(value: object, least: float, most: float) -> bool:
    # A bool is an int to Python; what is no number, or endless, lies nowhere between.
    return type(value) in {int, float} and least <= value <= most  # type: ignore[operator]


def _is_row(value: object, types: list[type]) -> bool:
    return isinstance(value, list) and [type(part) for part in value] == types


def _type_of(default: object) -> type:
    return str if isinstance(default, str) else type(default)


def default_place() -> Path:
    """Return where the settings of this user lie; ``$KITSORT_SETTINGS`` names another file."""
    from platformdirs import user_config_path  # noqa: PLC0415 - the commands never ask

    named = os.environ.get("KITSORT_SETTINGS")
    return Path(named) if named else user_config_path("Kitsort", appauthor=False) / "settings.json"


def load_settings(place: Path) -> Settings:
    """Return what was kept; of a file that is missing or damaged, what is usual."""
    try:
        return Settings.from_json(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeError):
        return Settings()


def save_settings(place: Path, settings: Settings) -> None:
    """Keep settings, in whole or not at all.

    Raises
    ------
    OSError
        If there is no place for them.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f"{place.name}.new")
    try:
        temporary.write_text(settings.to_json(), encoding="utf-8")
        temporary.replace(place)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
