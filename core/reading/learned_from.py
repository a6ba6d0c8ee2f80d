"""The images that a checkpoint has learned from, as far as they can still be read."""

from __future__ import annotations

import contextlib

from core.config.configuration import MNIST
from core.data import datasets
from core.data.collection import LabelledImages
from core.errors import DataError
from core.insight.gallery import Exhibits
from core.networks.checkpoint_file import Header


def exhibits(header: Header) -> list[Exhibits]:
    """The images of its data set, and MNIST's, which the network that it was fine-tuned from had learned from."""
    found = []
    for name in dict.fromkeys((header.data, MNIST)):
        with contextlib.suppress(DataError):  # moved, deleted or emptied since: the others are shown
            found.append(Exhibits(name, _learned(name, header)))
    return found


def _learned(name: str, header: Header) -> LabelledImages:
    """Those of the data set that were not held out for testing."""
    folds = header.trained.get("configuration", {}).get("folds", 0)
    if name == header.data and folds:
        return datasets.gather(name).train  # after a cross-validation, the network learns from all images
    return datasets.load(name).train
