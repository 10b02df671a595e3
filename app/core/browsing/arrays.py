"""What the arrays of this package are called."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Numbers of samples, as the catalog has them.
Ids = NDArray[np.int64]
# Places of samples in the rows.
Positions = NDArray[np.int64]
# One bool for each row.
Mask = NDArray[np.bool_]
