"""What becomes of a bitmap on its way to the network: each step with why it is done and what was measured there.

The steps are those of `core.preprocessing.normalise.steps`; nothing is worked out here a second time. Knows no
widget.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.drawing.clean_copy import clean_copy
from core.drawing.ink import Stroke
from core.errors import DataError
from core.preprocessing.images import read
from core.preprocessing.normalise import Polarity, Step, steps
from core.reading.numbers import number
from core.reading.numbers.lattice import spans
from core.reading.reading import ReadDigit, Reading
from tui.widgets.steps.step_measures import measured

Grey = NDArray[np.uint8]


class Origin(Enum):
    """What there is before the first step."""

    DRAWN = "drawn"
    """A drawing as it came."""
    COPIED = "copied"
    """A drawing's clean copy."""
    FILE = "file"
    """An image file as it came."""


NAMES: dict[Origin | Step, str] = {
    Origin.DRAWN: "as you drew it",
    Origin.COPIED: "written out again",
    Origin.FILE: "the image file",
    Step.INK: "ink on even paper",
    Step.SPECKS: "specks removed",
    Step.CROPPED: "cropped",
    Step.SOFTENED: "edges softened",
    Step.BOXED: "20×20 box",
    Step.CENTRED: "centred by mass",
    Step.BLANK: "nothing drawn",
}
"""What a person reads of each step."""
WHY: dict[Origin | Step, str] = {
    Origin.DRAWN: "Your drawing, pixel by pixel, bright ink on empty paper. Nothing was done to it yet.",
    Origin.COPIED: "The drawing is small for its brush, which would fill its holes. Its strokes say what was meant: "
    "they are drawn again with a pen in proportion, and the stairs that cells make of a line are smoothed. The "
    "program's own step.",
    Origin.FILE: "The picture as it came, in grey levels. Nothing else was done to it yet; what follows finds the ink "
    "in it, and brings that into the form in which the network has learned digits.",
    Step.INK: "Each pixel becomes how much ink lies there: uneven light and noise are taken out, and in a "
    "file it is judged which of dark and light is the ink. The program's own step: the scans of MNIST's makers were "
    "clean.",
    Step.SPECKS: "Pieces with far less ink than the largest one are dust, not parts of a digit, and would make "
    "the box around it too large. The program's own step too: the scans of MNIST's makers had no dust.",
    Step.CROPPED: "Only the box around all ink is kept, so that it does not matter where on the page a digit stands or "
    "how large it is. MNIST's makers measured each digit by this box.",
    Step.SOFTENED: "The image has few pixels, and each is either ink or paper: its edges are stairs, which MNIST's "
    "digits have not. They become as soft as a scanner with grey levels makes them. The program's own step.",
    Step.BOXED: "Scaled, proportions kept, until the longer side has 20 pixels; edges turn grey, and the ink is "
    "stretched to full strength. It is the recipe of MNIST's makers, LeCun, Cortes and Burges: the network knows "
    "digits of this size.",
    Step.CENTRED: "Laid on 28×28 pixels so that the centre of mass of its ink is in the middle: the last step of "
    "MNIST's makers. This is what the network sees.",
    Step.BLANK: "No ink is left that stands out of the paper, so there is nothing to read and the network is not "
    "asked.",
}
"""Of each step why it is done and where it comes from."""


@dataclass(frozen=True, eq=False)  # arrays have no single truth value
class StepImage:
    """The bitmap after one step."""

    step: Origin | Step
    """What it was before the first step, or which one made it."""
    image: Grey
    """(H, W) uint8: ink bright on 0, or of a picture its grey levels, 0 black and 255 white."""
    is_picture: bool
    """Whether these are the grey levels of a file, so that white paper is white."""
    measured: str
    """What was measured of the step in this image."""

    @property
    def name(self) -> str:
        """What a person reads of it."""
        return NAMES[self.step]

    @property
    def why(self) -> str:
        """Why it is done, for a person."""
        return WHY[self.step]


@dataclass(frozen=True)
class StepImages:
    """All of them, from the bitmap as it came to what the network sees."""

    subject: str
    """What it is that the network sees, as in `your drawing`."""
    steps: tuple[StepImage, ...]
    """Empty where nothing was drawn."""

    @property
    def is_seen(self) -> bool:
        """Whether the network is asked at all: not where the last image has no ink."""
        return bool(self.steps) and bool(self.steps[-1].image.any())


# Where bitmaps come from


def of_file(path: Path, name: str) -> StepImages:
    """Of an image file that is called `name`; 0.3 s for a photograph. Raises DataError that says what is wrong."""
    try:
        bitmap = read(path)
    except DataError as error:
        raise DataError(f"{name} cannot be read: it {error}") from error
    return StepImages(name, step_images(bitmap, "auto", Origin.FILE))


def of_drawing(bitmap: Grey, strokes: Sequence[Stroke], reading: Reading | None) -> StepImages:
    """Of a drawing (H, W) uint8, ink bright on 0, and the strokes that made it; of a number of its least sure digit.

    `reading` is the last one there was; it may be of a moment before the last stroke.
    """
    if not bitmap.any():
        return StepImages("your drawing", ())
    if reading is None or reading.least_sure is None:
        return StepImages("your drawing", _of_whole(bitmap, strokes))
    height, width = bitmap.shape
    piece = piece_of(width, height, strokes, reading.digits[reading.least_sure])
    if piece is None:
        return StepImages("your drawing as a whole", _of_whole(bitmap, strokes))
    place = f"digit {reading.least_sure + 1} of {len(reading.digits)} by itself, the least sure one"
    return StepImages(place, step_images(piece, "bright", Origin.DRAWN))


def _of_whole(bitmap: Grey, strokes: Sequence[Stroke]) -> tuple[StepImage, ...]:
    copied = clean_copy(strokes)
    if copied is None:
        return step_images(bitmap, "bright", Origin.DRAWN)
    return (_began(bitmap, Origin.DRAWN), *step_images(copied, "bright", Origin.COPIED))


def piece_of(width: int, height: int, strokes: Sequence[Stroke], digit: ReadDigit) -> Grey | None:
    """The ink (H, W) uint8 of which the network saw what `digit` says, with paper around; None where there is none."""
    for run in spans(number.atoms_of(width, height, strokes)[0]):
        if np.array_equal(number.image_of(run), digit.seen):
            return number.piece(run)
    return None


def step_images(bitmap: Grey, polarity: Polarity, first: Origin) -> tuple[StepImage, ...]:
    """The bitmap (H, W) uint8 as it came, which is `first`, and all that `steps` makes of it.

    Raises DataError as that does.
    """
    found = [_began(bitmap, first)]
    for step, image in steps(bitmap, polarity):
        found.append(StepImage(step, image, is_picture=False, measured=measured(step, found[-1].image, image)))
    return tuple(found)


def _began(bitmap: Grey, source: Origin) -> StepImage:
    """The bitmap as it came."""
    height, width = bitmap.shape
    levels = f"{width}×{height} pixels, grey levels from {bitmap.min()} to {bitmap.max()}."
    return StepImage(source, bitmap, source is Origin.FILE, levels)
