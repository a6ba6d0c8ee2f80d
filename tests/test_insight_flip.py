"""core.insight.flip: which strokes are tried, and in which order."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.data import mnist
from core.insight.flip import tries
from core.reading.retouched import with_stroke


def test_smaller_strokes_are_tried_first_and_what_is_found_is_what_was_read() -> None:
    """Batches come in order of ink; what is read as the same digit, or rejected, is no flip."""
    image = mnist.test().images[0]
    seen: list[NDArray[np.uint8]] = []

    def read(images: NDArray[np.uint8]) -> NDArray[np.int64]:
        seen.extend(images)
        return np.array([-1, 7, 3, 9])[np.arange(len(images)) % 4]

    tried = tries(image, 7, read)
    first = next(tried)
    assert len(seen) == 64 == first.count and first.total > 1000
    rest = list(tried)
    assert rest[-1].count == first.total == len(seen)
    ink = [float(np.abs(each.astype(int) - image).sum()) / 255 for each in seen]
    assert ink == sorted(ink) and ink[0] >= 0.5
    flips = [flip for batch in (first, *rest) for flip in batch.flips]
    assert {flip.answer for flip in flips} == {3, 9} and abs(len(flips) - len(seen) / 2) <= 2
    assert {flip.stroke.erasing for flip in flips} == {False, True}
    at = [place for place in range(len(seen)) if place % 64 % 4 in (2, 3)]
    for place, flip in list(zip(at, flips, strict=True))[::50]:
        assert flip.ink == pytest.approx(ink[place])
        np.testing.assert_array_equal(with_stroke(image, flip.stroke), seen[place])
