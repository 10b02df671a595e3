"""Colours, type and measures, dark and light; one place for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app.core.settings import Theme
from classifier import LABELS, OTHER

FAMILY: Final = "Inter"
BODY_PX: Final = 13
SMALL_PX: Final = 12
ROW_PX: Final = 33
COMPACT_ROW_PX: Final = 26


@cache
def _colour(name: str) -> QColor:
    return QColor(name)


@dataclass(frozen=True, slots=True)
class Colours:
    """What everything is painted in; each text has 4.5:1 or more on each ground that it is on.

    Attributes
    ----------
    window, panel, raised, hairline, selected : str
        Grounds, and the lines between.
    text, second, third : str
        Three greys for text.
    accent, on_accent, accent_text : str
        Ground of the main action, text on it, and the accent as text.
    warning : str
        What went wrong, and what a name says against its sound.
    instruments : dict
        By label, Other included.
    """

    window: str
    panel: str
    raised: str
    hairline: str
    selected: str
    text: str
    second: str
    third: str
    accent: str
    on_accent: str
    accent_text: str
    warning: str
    instruments: dict[str, str]

    @property
    def is_dark(self) -> bool:
        """Whether text is lighter than its ground."""
        return QColor(self.window).lightness() < 128

    def of(self, label: str | None) -> QColor:
        """Return the colour of an instrument; what is none is grey."""
        return _colour(self.instruments.get(label or OTHER, self.instruments[OTHER]))


DARK: Final = Colours(
    window="#15171b",
    panel="#1a1d22",
    raised="#22262d",
    hairline="#2a2e36",
    selected="#26304f",
    text="#e7e9ed",
    second="#a6aebb",
    third="#959eac",
    accent="#6C8CFF",
    on_accent="#0c1022",
    accent_text="#8FA6FF",
    warning="#F5A98A",
    instruments=dict(
        zip(
            LABELS,
            ("#F2A33A", "#5BB8F0", "#D68AC0", "#3CC79A", "#EFE160", "#9AA3B1"),
            strict=True,
        )
    ),
)
LIGHT: Final = Colours(
    window="#f6f7f9",
    panel="#ffffff",
    raised="#eef0f3",
    hairline="#dfe3e8",
    selected="#dde5ff",
    text="#1a1d22",
    second="#4a5361",
    third="#596270",
    accent="#3F62E8",
    on_accent="#ffffff",
    accent_text="#2F4FD0",
    warning="#A03A12",
    instruments=dict(
        zip(
            LABELS,
            ("#8A5000", "#0F5F97", "#8A3B72", "#086548", "#635A00", "#525A68"),
            strict=True,
        )
    ),
)


def resources_folder() -> Path:
    """Return where fonts and icons lie: inside the package, or in a checkout beside it."""
    app = Path(__file__).resolve().parents[1]
    inside = app / "resources"
    return inside if inside.is_dir() else app.parent / "resources"


def load_fonts(application: QApplication) -> None:
    """Set everything in the type that came with the program."""
    for path in sorted((resources_folder() / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))
    application.setFont(font())


def chosen_colours(theme: str) -> Colours:
    """Return the colours of a theme; of the system's, what that is now."""
    if theme == Theme.SYSTEM:
        scheme = QGuiApplication.styleHints().colorScheme()
        return LIGHT if scheme == Qt.ColorScheme.Light else DARK
    return LIGHT if theme == Theme.LIGHT else DARK


def font(pixels: float = BODY_PX, *, bold: bool = False, figures: bool = False) -> QFont:
    """Return the type in a size; `figures` are all equally wide, for columns of numbers."""
    made = QFont(FAMILY)
    made.setPixelSize(round(pixels))
    # As it was drawn: hinted to whole pixels, its letters spread.
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    if figures:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def mixed(colour: QColor, ground: str, share: float) -> QColor:
    """Return a colour laid over a ground as thickly as `share`, 0 to 1."""
    return _mixed(colour.name(), ground, share)


@cache
def _mixed(over: str, ground: str, share: float) -> QColor:
    colour, under = QColor(over), QColor(ground)
    rest = 1 - share
    return QColor(
        round(colour.red() * share + under.red() * rest),
        round(colour.green() * share + under.green() * rest),
        round(colour.blue() * share + under.blue() * rest),
    )


def dress(application: QApplication, colours: Colours) -> None:
    """Let every widget look as the theme says."""
    sheet = _style_sheet(colours)
    if application.styleSheet() == sheet:
        return  # each of these is told to every widget
    application.setStyle("Fusion")
    application.setPalette(_palette(colours))
    application.setStyleSheet(sheet)


def _palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, colour in {
        role.Window: colours.window,
        role.Base: colours.window,
        role.AlternateBase: colours.panel,
        role.Button: colours.raised,
        role.ToolTipBase: colours.raised,
        role.Text: colours.text,
        role.WindowText: colours.text,
        role.ButtonText: colours.text,
        role.ToolTipText: colours.text,
        role.PlaceholderText: colours.third,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Link: colours.accent_text,
    }.items():
        palette.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(colours.third))
    return palette


def _style_sheet(colours: Colours) -> str:
    sheet = (resources_folder() / "window.qss").read_text(encoding="utf-8")
    names = {
        name: getattr(colours, name)
        for name in Colours.__slots__
        if isinstance(getattr(colours, name), str)
    }
    icons = (resources_folder() / "icons").as_posix()
    pressed = mixed(QColor(colours.accent), colours.window, 0.8).name()
    return Template(sheet).substitute(names, pressed=pressed, icons=icons)
