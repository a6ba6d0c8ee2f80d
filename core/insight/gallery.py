"""The images that a network has learned from, compared with others by the network's last hidden layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.collection import LabelledImages
from core.insight.neighbours import Neighbour, features, nearest
from core.networks.architectures import SequentialNetwork

_BATCH = 128
_ONE_SIZE = 10_000
"""Data sets with at least so many images count as equally large."""


@dataclass(frozen=True)
class Exhibits:
    """Images from one data set."""

    source: str
    """Its name."""
    part: LabelledImages


class Gallery:
    """Images and their hidden values, which are computed when they are first asked for."""

    def __init__(self, network: SequentialNetwork, exhibits: list[Exhibits]) -> None:
        """`network` is on the CPU and in evaluation mode."""
        self._network = network
        self._images = np.concatenate([each.part.images for each in exhibits])
        self._labels = np.concatenate([each.part.labels for each in exhibits])
        self._sources = [each.source for each in exhibits]
        self._ends = np.cumsum([len(each.part) for each in exhibits])
        # In random order, so that the first thousand are already a fair sample; people's own few images come first.
        order = np.random.default_rng(0).permutation(len(self._images))
        self._order = order[np.argsort(self._sizes(order), kind="stable")]
        self._features: NDArray[np.float16] | None = None
        self._done = 0

    def _sizes(self, indices: NDArray[np.intp]) -> NDArray[np.int64]:
        """The number of images in the data set of each image; at most `_ONE_SIZE`."""
        counts = np.diff(self._ends, prepend=0)
        return np.minimum(counts[np.searchsorted(self._ends, indices, side="right")], _ONE_SIZE)

    def __len__(self) -> int:
        return len(self._images)

    @property
    def done(self) -> int:
        """How many images' hidden values are computed."""
        return self._done

    @property
    def is_complete(self) -> bool:
        """Whether all are."""
        return self._done == len(self._images)

    def advance(self) -> None:
        """Compute the next batch of those that are missing; nothing if none is."""
        rows = self._order[self._done : self._done + _BATCH]
        if not len(rows):
            return
        batch = features(self._network, self._images[rows])
        if self._features is None:
            self._features = np.empty((len(self._images), batch.shape[1]), np.float16)
        self._features[self._done : self._done + len(batch)] = batch
        self._done += len(batch)

    def nearest(self, image: NDArray[np.uint8], most: int) -> list[Neighbour]:
        """The images, of those that are done, most like `image` (28, 28)."""
        if self._features is None:
            return []
        one = features(self._network, image[np.newaxis])[0]
        found = nearest(one, self._features[: self._done], most)
        return [Neighbour(int(self._order[each.index]), each.likeness) for each in found]

    def image(self, index: int) -> NDArray[np.uint8]:
        """(28, 28) uint8."""
        found: NDArray[np.uint8] = self._images[index]
        return found

    def label(self, index: int) -> int:
        """The digit that it is labelled as."""
        return int(self._labels[index])

    def source(self, index: int) -> str:
        """The name of its data set."""
        return self._sources[int(np.searchsorted(self._ends, index, side="right"))]
