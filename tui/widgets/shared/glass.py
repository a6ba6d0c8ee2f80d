"""A small network with nothing hidden: each of its parameters is a pixel, layer by layer.

It shows the parameters or, for an image, what each of them adds to the answer.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from core.insight.parameters import LayerParameters
from tui.widgets.shared.figure import Figure
from tui.widgets.shared.sheet import Block, Sheet, laid_out, shapes
from tui.widgets.shared.signed import enlarged, signed_blocks, signed_shades

_LEVELS = 12
"""Steps on each side of 0: each parameter is to be seen moving."""
_BARS = " ▁▂▃▄▅▆▇█"
FOR, AGAINST = "glass--for", "glass--against"


class Glass(Figure):
    """Blue is below 0 and orange above; where there are no colours, `−` and `+`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {FOR, AGAINST, "glass--answer", "glass--digit"}
    DEFAULT_CSS = """
    Glass {
        & > .glass--for { color: $accent; }
        & > .glass--against { color: $primary; }
        & > .glass--answer { color: $text-success; background: $background; text-style: bold; }
        & > .glass--digit { color: $foreground-muted; background: $background; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._layers: tuple[LayerParameters, ...] = ()
        self._probabilities: tuple[float, ...] = ()

    def show(self, layers: tuple[LayerParameters, ...], probabilities: tuple[float, ...] = ()) -> None:
        """Show these values of each layer's parameters and, if there is an answer, how probable each digit is."""
        self._layers, self._probabilities = layers, probabilities
        self.renew()

    @property
    def least(self) -> Size:
        """The cells that it needs for one pixel a parameter, in the height that it has."""
        sheet, _ = self._laid_out(Size(0, self.size.height))
        return Size(sheet.width, -(-sheet.height // 2))

    @property
    def _below(self) -> int:
        """Lines below the last layer: how probable each digit is, if that is known, and the digits."""
        return 1 + bool(self._probabilities)

    def drawn(self) -> list[Strip]:
        """The picture, or how much room it needs."""
        if not self._layers:
            return []
        sheet, scale = self._laid_out(self.size)
        if not scale:
            needs = f"All of its weights need {self.least.width}×{self.least.height} cells."
            return [Strip([Segment(needs, self.rich_style)])]
        pixels = enlarged(sheet.picture(self._layers), scale)
        strips = signed_blocks(pixels, signed_shades(self, (AGAINST, FOR), _LEVELS), self.rich_style)
        return self._with_answers(strips, sheet.blocks[-1], scale)

    def _laid_out(self, room: Size) -> tuple[Sheet, int]:
        return laid_out(shapes(self._layers), room.width, 2 * room.height, 2 * self._below)

    def _with_answers(self, strips: list[Strip], last: Block, scale: int) -> list[Strip]:
        """The digits below the last layer's columns, and above each how probable it is."""
        answers = last.places[0][1][:, 0, 0, 0] * scale
        top = -(-(last.top + last.height) * scale // 2)
        while len(strips) < top + self._below:
            strips.append(Strip([]))
        best = int(np.argmax(self._probabilities)) if self._probabilities else -1
        bars = [_BARS[round(each * (len(_BARS) - 1))] for each in self._probabilities]
        for line, texts in enumerate([bars] * bool(bars) + [[str(digit) for digit in range(len(answers))]]):
            segments = []
            for place, column in enumerate(answers.tolist()):
                name = "glass--answer" if place == best else "glass--digit"
                end = answers[place + 1] if place + 1 < len(answers) else column + scale
                width = int(end) - column
                segments.append(Segment((texts[place] * scale).ljust(width), self.get_component_rich_style(name)))
            left = strips[top + line].adjust_cell_length(last.left * scale, self.rich_style)
            strips[top + line] = Strip([*left, *segments])
        return strips
