"""The image of one step, prepared for half blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from textual.widget import Widget

from core.preprocessing.paper import otsu
from tui.widgets.shared.image_look import fitted
from tui.widgets.shared.thumbnail import shades
from tui.widgets.steps.step_images import StepImage

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Inks:
    """What a widget draws ink with."""

    has_shades: bool
    """Whether the terminal and the theme have colours for grey levels."""
    is_dark: bool
    """Whether ink is darker than the background."""

    @classmethod
    def of(cls, widget: Widget) -> Inks:
        """The inks of `widget` in the current theme."""
        _, _, paper, ink = widget.colors
        return cls(bool(shades(widget)), paper.brightness > (paper + ink).brightness)


def step_pixels(step: StepImage, side: int, inks: Inks) -> Grey:
    """The step's image scaled into `side` × `side` pixels, (H, W) uint8 with H even, 255 where `inks` draw most.

    A small image is enlarged by whole pixels and keeps each of them.
    """
    image = step.image
    times = side // max(image.shape)
    shown = image.repeat(times, axis=0).repeat(times, axis=1) if times else fitted(image, side)
    if not inks.has_shades:
        # A pixel is drawn or not: faint ink must not vanish, and the network's image stays unchanged.
        if step.is_picture or not times or image.max() < 254:
            shown = ((shown > otsu(shown)) * 255).astype(np.uint8)
    elif step.is_picture and inks.is_dark:
        shown = 255 - shown  # white stays white
    return np.pad(shown, ((0, len(shown) % 2), (0, 0)), mode="edge" if step.is_picture else "constant")
