"""Renders the icon to what each system wants: PNG for Linux, ICO for Windows, ICNS for macOS.

Usage: python packaging/render_icon.py FOLDER
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from PIL import Image

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE = Path(__file__).resolve().parents[1] / "resources" / "icon.svg"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512, 1024)
# An ICO holds none that is larger.
ICO_SIZES = [(size, size) for size in SIZES if size <= 256]


def rendered(size_px: int) -> Image.Image:
    """Return the icon in a size."""
    picture = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(str(SOURCE)).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return Image.open(io.BytesIO(data.data()))


def main() -> None:
    """Write kitsort.ico, kitsort.icns and a PNG of each size into a folder."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    application = QGuiApplication([])
    pictures = {size: rendered(size) for size in SIZES}
    for size, picture in pictures.items():
        picture.save(folder / f"kitsort-{size}.png")
    others = list(pictures.values())
    largest = pictures[max(SIZES)]
    largest.save(folder / "kitsort.ico", sizes=ICO_SIZES, append_images=others)
    largest.save(folder / "kitsort.icns", append_images=others)
    del application


if __name__ == "__main__":
    main()
