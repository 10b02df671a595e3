"""How much the tests try: `make test` takes minutes, `make test-all` as long as it needs."""

from __future__ import annotations

import os
from typing import Final

ALL: Final = os.environ.get("KITSORT_TESTS") == "all"
FUZZ_CASES: Final = 10_000 if ALL else 300
