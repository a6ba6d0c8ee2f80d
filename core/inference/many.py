"""Reads many normalised images with one network on the CPU, as `scores` does, in a fraction of the time.

If there is an int8 network, it reads all images, and the views of those that are augmented. What is too close to call
is computed again in float32 (`close_calls`). Every core reads its own batches: half of the passes in a batch are too
short to be worth dividing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config.calibration import Calibration
from core.config.shape import CLASSES
from core.inference.close_calls import close_to_another_answer, close_to_augmentation, recompute
from core.inference.int8 import Int8Network
from core.inference.scores import Scores, of_logits
from core.inference.test_time_augmentation import Network, augmented
from core.networks.inputs import as_input

_BATCH = 768
"""Images in one pass. With 1,024, some processes got the memory for activations as empty pages each time: 300,000
pages for MNIST, and a tenth of the time. With fewer, more passes are too short."""
_REPORTED = 2 * _BATCH
"""Images between two reports."""


def scores_of_many(
    network: Network,
    int8: Int8Network | None,
    images: NDArray[np.uint8],
    calibration: Calibration,
    report: Callable[[int, int], None] | None = None,
) -> Scores:
    """Read `images` (N, 28, 28) uint8 with `network`, float32 on the CPU; `int8` is the same network in int8, if any.

    `report` is called with the number of images read and their total.
    """
    # Results are written in place, which saves a second copy at the end.
    digits = np.empty((len(images), CLASSES), np.float32)
    reject = np.empty(len(images), np.float32)

    def read(start: int) -> Scores:
        with torch.inference_mode():
            seen = as_input(torch.tensor(images[start : start + _BATCH]))
            logits = _float32(network, seen) if int8 is None else _mixed(network, int8, seen, calibration.threshold)
            return of_logits(logits, calibration)

    starts = range(0, len(images), _BATCH)
    for start, found in zip(starts, _on_all_cores(read, starts), strict=True):
        end = start + len(found.no_digit)
        digits[start:end], reject[start:end] = found.probabilities, found.no_digit
        if report is not None and (end % _REPORTED == 0 or end == len(images)):
            report(end, len(images))
    return Scores(digits, reject)


def _on_all_cores(read: Callable[[int], Scores], starts: range) -> Iterator[Scores]:
    """The results of `read` for each of `starts`, in order, on as many threads as torch uses."""
    threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield from pool.map(read, starts)
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupt does not wait for the rest
        torch.set_num_threads(threads)


def _float32(network: Network, seen: Tensor) -> Tensor:
    return augmented(network, seen, network(seen))


def _mixed(network: Network, int8: Int8Network, seen: Tensor, threshold: float) -> Tensor:
    found = int8(seen)
    recompute(found, close_to_augmentation(found), lambda rows: network(seen[rows]))
    found = augmented(int8, seen, found)
    recompute(found, close_to_another_answer(found, threshold), lambda rows: _float32(network, seen[rows]))
    return found
