"""The result of a fine-tuning: the verdict is said, and the answer that follows from it stands first."""

from __future__ import annotations

from pathlib import Path

import pytest
from layout import clipped, scrollbars, text, until
from test_evaluation_lesson import of
from textual.app import App
from textual.widgets import Button

import tui.app
from core.runs.events import Finished
from tui.screens.fine_tuning_result import FineTuningResult, FineTuningResultScreen


class ResultApp(App[None]):
    """Asks, and notes the answer."""

    CSS_PATH = Path(tui.app.__file__).with_name("app.tcss")

    def __init__(self, finished: Finished) -> None:
        super().__init__()
        self.answers: list[bool | None] = []
        self._finished = finished

    def on_mount(self) -> None:
        result = FineTuningResult("Anna", self._finished, Path("before.npz"), Path("after.npz"), None)
        self.push_screen(FineTuningResultScreen(result), self.answers.append)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
@pytest.mark.parametrize(
    ("finished", "words", "answer"),
    [
        (of(32 / 33, 32 / 33, 33), "No measurable gain (96.97% → 96.97%, MNIST −0.03 points).", False),
        (of(0.5, 0.9, 100), "40 more of 100 drawings", True),
    ],
)
async def test_the_recommended_answer_stands_first(
    finished: Finished, words: str, answer: bool, size: tuple[int, int]
) -> None:
    """No button has the focus at first; an arrow key and enter give the recommended answer."""
    app = ResultApp(finished)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: words in " ".join(text(app).replace("│", " ").split()))
        buttons = list(app.screen.query(Button))
        assert [each.variant for each in buttons] == ["primary", "default"]
        assert app.focused is None and clipped(app) == [] and not scrollbars(app)
        await pilot.press("right", "enter")
        await until(pilot, lambda: app.answers == [answer])
