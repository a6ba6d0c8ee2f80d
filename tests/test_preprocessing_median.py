"""core.preprocessing.median: the same as NumPy's, without what that imports."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.preprocessing.median import median
from core.system import children


@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("count", [1, 2, 3, 8, 81, 1000])
def test_it_is_numpy_s_to_the_bit(kind: type, count: int) -> None:
    """Of rows of any length, of which a single one counts too."""
    values: NDArray[Any] = (np.random.default_rng(count).random((5, 4, count)) * 255).astype(kind)
    for each in (values, values[0, 0]):
        expected = np.median(each, axis=-1)
        found = median(each)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


def test_images_are_prepared_without_masked_arrays() -> None:
    """Small ones in slanting light, too. In the app their import would hold up the pen."""
    code = (
        "import sys, numpy as np\n"
        "from core.preprocessing import normalise\n"
        "for slope in range(4, 12):\n"
        "    page = np.tile(np.linspace(40, 40 + 18 * slope, 24), (24, 1)); page[6:18, 11:13] -= 30\n"
        "    normalise.normalise(page.clip(0, 255).astype(np.uint8))\n"
        "assert 'numpy.ma' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-P", "-c", code], env=children.environment(), check=True)
