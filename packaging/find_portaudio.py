"""Run first in the frozen program on Linux: PortAudio is found where it came along."""

import ctypes.util
import os
import sys

_of_the_system = ctypes.util.find_library


def _find_library(name):
    ours = os.path.join(sys._MEIPASS, "libportaudio.so.2")  # noqa: PTH118
    return ours if name == "portaudio" and os.path.exists(ours) else _of_the_system(name)  # noqa: PTH110


ctypes.util.find_library = _find_library
