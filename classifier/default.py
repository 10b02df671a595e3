"""Which model names sounds where none is asked for."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

# The one that measures best, and where its runtime is not to be had, the best without.
DEFAULT_MODEL: Final = "ensemble" if find_spec("ai_edge_litert") else "rf"
