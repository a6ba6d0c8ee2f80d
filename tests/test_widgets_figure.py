"""tui.widgets.shared.figure: whatever shows an image can be drawn in any room, also in none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explanations import GLASS, explanation
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Size

import tui.app
from core.drawing.ink import Ink, Stroke
from core.evaluation.example import Example
from core.insight.parameters import layers_of
from core.reading.questions import LayersAnswer, LayersQuestion, LikeAnswer, LikeQuestion, WhyAnswer, WhyQuestion
from tui.widgets.inside.enlarged_map import EnlargedMap
from tui.widgets.inside.flip_image import Canvas, FlipImage
from tui.widgets.inside.neighbours import Neighbours
from tui.widgets.inside.saliency_maps import SaliencyMaps
from tui.widgets.inside.votes import VoteColumns
from tui.widgets.mistakes.example_images import ExampleImages
from tui.widgets.shared.captioned_images import CaptionedImages
from tui.widgets.shared.figure import Figure
from tui.widgets.shared.glass import Glass

_SEVEN = Ink.of(28, 28, [Stroke(2.0, False, [(6.0, 6.0), (20.0, 6.0), (12.0, 24.0)])]).bitmap.copy()
_WIDTHS = (*range(16), 27, 28, 29, 31, 40, 56, 60, 119, 300)
_HEIGHTS = (*range(8), 13, 14, 15, 30, 100)


def filled() -> list[Figure]:
    """Each kind of figure, with something to show."""
    layers = explanation(LayersQuestion(image=_SEVEN, layer=1))
    why, like = explanation(WhyQuestion(image=_SEVEN)), explanation(LikeQuestion(image=_SEVEN))
    assert isinstance(layers, LayersAnswer) and isinstance(why, WhyAnswer) and isinstance(like, LikeAnswer)
    stroke = Stroke(2.0, True, [(8.0, 14.0), (18.0, 14.0)])
    enlarged, drawing, image = EnlargedMap(), FlipImage(), FlipImage()
    enlarged.show(layers.maps[1], 3, layers.kernel)
    drawing.show(Canvas(28, (Stroke(2.0, False, [(6.0, 6.0), (20.0, 6.0)]),)), stroke)
    image.show(_SEVEN, stroke)
    saliency, votes, neighbours, examples = SaliencyMaps(), VoteColumns(), Neighbours(), ExampleImages()
    saliency.show(why)
    votes.show(layers.votes, layers.biases)
    neighbours.show(like)
    examples.show([Example(number, 7, 1, 0.9, 0.1, _SEVEN) for number in range(9)])
    glass = Glass()
    arrays = {name: np.ones(shape, np.float32) for name, shape in GLASS.items()}
    glass.show(layers_of(arrays), (0.1,) * 10)
    return [enlarged, drawing, image, saliency, votes, neighbours, examples, glass]


class Figures(App[None]):
    """All of them."""

    CSS_PATH = Path(tui.app.__file__).with_name("app.tcss")

    def __init__(self) -> None:
        super().__init__()
        self.figures = filled()

    def compose(self) -> ComposeResult:
        yield from self.figures


def kinds(base: type[Any]) -> set[type[Any]]:
    """All classes below one."""
    return {each for sub in base.__subclasses__() for each in {sub} | kinds(sub)}


@pytest.mark.parametrize("colours", [True, False])
async def test_a_figure_is_drawn_in_any_room(colours: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of its lines says that it has another width than its characters have."""
    app = Figures()
    async with app.run_test():
        assert {type(each) for each in app.figures} == kinds(Figure) - {CaptionedImages}
        app.console.no_color = not colours
        for width in _WIDTHS:
            for height in _HEIGHTS:
                for name in ("size", "content_size"):
                    monkeypatch.setattr(Figure, name, Size(width, height))
                for figure in app.figures:
                    for strip in figure.drawn():
                        assert strip.cell_length == sum(cell_len(each.text) for each in strip), (figure, width, height)
        monkeypatch.undo()
