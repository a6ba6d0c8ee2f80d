"""One image file before and after preprocessing: as a person sees it, and as the network does. Knows no widgets."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.image_file import seen_in
from core.errors import DataError
from core.preprocessing.images import read
from core.printable import printable
from tui.widgets.shared.samples import shrunk
from tui.widgets.shared.thumbnail import LEVELS

Grey = NDArray[np.uint8]

SIDES = (28, 14)
"""The sizes at which images are shown, in pixels on a side."""
_KEPT = 512  # some kB each


@dataclass(frozen=True, eq=False)  # arrays have no single truth value
class Look:
    """What a file looks like."""

    before: dict[int, Grey]
    """For each of SIDES the original image, (H, W) uint8, H and W at most that, H even; 0 is black, 255 white."""
    after: dict[int, Grey]
    """For each of SIDES the network's image, (side, side) uint8, ink bright; 14 is the mean of 2 × 2 pixels."""
    reason: str = ""
    """Why the file cannot be read; `before` and `after` are then empty."""

    @property
    def is_blank(self) -> bool:
        """Whether the network would see an empty image."""
        return bool(self.after) and not self.after[28].any()


def look(path: Path) -> Look:
    """Decode and normalise the file; 1 to 2 ms for a small one, 0.3 s for a photograph. Never raises DataError."""
    try:
        bitmap = read(path)
        seen = seen_in(path)
    except DataError as error:
        return Look({}, {}, printable(str(error)))
    return Look({side: fitted(bitmap, side) for side in SIDES}, {side: shrunk(seen, side) for side in SIDES})


class Looks:
    """A cache of the latest looks at a folder's files, so that turning back a page costs nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: OrderedDict[str, Look] = OrderedDict()

    def get(self, path: str) -> Look | None:
        """The look at the file at `path` below the folder, if it is cached."""
        return self._kept.get(path)

    async def read(self, path: str) -> bool:
        """Look at the file in a thread; returns False if it is already cached."""
        if path in self._kept:
            self._kept.move_to_end(path)
            return False
        self._kept[path] = await asyncio.to_thread(look, self._folder / path)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return True

    def forget(self) -> None:
        """Empty the cache: files may have changed."""
        self._kept.clear()


def fitted(bitmap: Grey, side: int) -> Grey:
    """The (H, W) image scaled into `side` × `side` pixels, with its proportions kept except that the height is even.

    Small images are enlarged by whole pixels. Greys are reduced to the LEVELS that a terminal cell shows.
    """
    height, width = bitmap.shape
    longer = max(height, width)
    times = max(1, side // longer)
    if times > 1:
        bitmap = bitmap.repeat(times, axis=0).repeat(times, axis=1)
        height, width, longer = height * times, width * times, longer * times
    scale = min(1.0, side / longer)
    size = max(1, round(width * scale)), max(2, 2 * round(height * scale / 2))
    if size != (width, height):
        bitmap = np.asarray(Image.fromarray(bitmap).resize(size, Image.Resampling.BICUBIC))
    levels = (bitmap.astype(np.uint16) * (LEVELS - 1) + 127) // 255
    return (levels * 255 // (LEVELS - 1)).astype(np.uint8)
