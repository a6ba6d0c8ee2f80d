"""A drawing or an image with one stroke more, read as if it had been drawn so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.drawing.ink import Ink, Stroke
from core.reading.placement import Placement
from core.reading.questions import FlipQuestion, Image
from core.reading.reading import Reading
from core.reading.recogniser import Recogniser


@dataclass(frozen=True, eq=False)
class Retouched:
    """What a stroke was added to or erased from."""

    question: FlipQuestion
    placement: Placement | None
    """Of the image in the drawing; None without a drawing."""

    @classmethod
    def of(cls, question: FlipQuestion) -> Retouched:
        """Of the drawing in the question or, if it has none, of its image."""
        if not question.strokes:
            return cls(question, None)
        drawing = Ink.of(question.width, question.height, question.strokes).bitmap
        return cls(question, Placement.of(drawing, question.image))

    def placed(self, stroke: Stroke) -> Stroke:
        """`stroke`, in pixels of the image, where it belongs in the drawing."""
        return stroke if self.placement is None else self.placement.placed(stroke)

    def read(self, recogniser: Recogniser, stroke: Stroke) -> Reading:
        """The reading with `stroke`, in pixels of the image, through all of the preprocessing."""
        question = self.question
        if self.placement is None:
            return recogniser.read(with_stroke(question.image, stroke), "bright")
        ink = Ink.of(question.width, question.height, [*question.strokes, self.placed(stroke)])
        return recogniser.read_number(ink.bitmap, ink.strokes, "bright")


def with_stroke(image: Image, stroke: Stroke) -> Image:
    """`image` with `stroke`, in its pixels, drawn in or erased."""
    height, width = image.shape
    covered = Ink.of(width, height, [Stroke(stroke.radius, False, stroke.points)]).bitmap
    return np.minimum(image, 255 - covered) if stroke.erasing else np.maximum(image, covered)
