"""What every benchmark begins with. Imported before numpy, or it comes too late.

The matrix library gets one thread, as ``app/__main__.py`` has it, and the checkout can be imported.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
# What runs in a process of its own begins with the user's environment, not with ours.
USERS: Final = dict(os.environ)
THREADS: Final = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)

if "numpy" in sys.modules and not os.environ.get(THREADS[0]):
    raise ImportError("environment is to be imported before numpy")
for _name in THREADS:
    os.environ.setdefault(_name, "1")
if str(REPOSITORY) not in sys.path:
    sys.path.insert(0, str(REPOSITORY))
