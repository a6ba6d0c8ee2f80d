"""The app opened on its drawing screen, with a reader that needs no process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import layout
import numpy as np
from explanations import explanation
from numpy.typing import NDArray
from textual.pilot import Pilot

import tui.app
from core.drawing.clean_copy import as_read
from core.drawing.ink import Stroke
from core.preprocessing.normalise import normalise
from core.reading.protocol import ReadAnswer
from core.reading.questions import Question
from core.reading.reading import Reading
from tui.app import DigitsApp
from tui.processes.reader import ReaderState, Then
from tui.screens.drawing import DrawingScreen
from tui.widgets.drawing.pad import Pad


class FakeReader:
    """Reads every drawing at once as a 7, with more certainty the more ink there is on its left half."""

    def __init__(self, on_answer: Callable[[ReadAnswer], None], on_state: Callable[[ReaderState], None]) -> None:
        self.on_answer = on_answer
        self.on_state = on_state
        self.asked: list[NDArray[np.uint8]] = []
        self.loaded: list[Path | None] = []
        self.questions: list[Question] = []
        self.closed = False
        self.reads_with = "/shipped.npz"

    def start(self) -> None:
        """Ready at once."""
        self.on_state(ReaderState("ready", "", "/shipped.npz", "mnist, accurate: 99.6% test"))

    def ask(self, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None) -> int:
        """Answer at once."""
        self.asked.append(bitmap.copy())
        probabilities = [0.004] * 10
        probabilities[7], probabilities[1] = 0.9, 0.068
        seen = normalise(as_read(bitmap, strokes or ()), "bright")
        return self.answer(Reading(7, tuple(probabilities), seen, self.reads_with, 1.2))

    def answer(self, reading: Reading) -> int:
        """Answer what was asked last; returns its id."""
        self.on_answer(ReadAnswer(reading, len(self.asked)))
        return len(self.asked)

    def explain(self, question: Question, then: Then) -> None:
        """Answer at once."""
        self.questions.append(question)
        then(explanation(question))

    def forget(self) -> None:
        """Nothing waits."""

    def load(self, checkpoint: Path | None) -> None:
        """Loaded at once."""
        self.loaded.append(checkpoint)
        self.reads_with = str(checkpoint or "/shipped.npz")
        self.on_state(ReaderState("ready", "", self.reads_with, "another"))

    async def close(self) -> None:
        """Nothing to end."""
        self.closed = True


class DrawingApp(DigitsApp):
    """The app, opened on the drawing screen, with a reader that needs no process."""

    CSS_PATH = str(Path(tui.app.__file__).with_name("app.tcss"))
    SCREENS_OF_MODES: ClassVar[dict[str, Any]] = {
        **DigitsApp.SCREENS_OF_MODES,
        "drawing": lambda owners: DrawingScreen(owners, FakeReader),
    }
    DEFAULT_MODE = "drawing"

    @property
    def drawing(self) -> DrawingScreen:
        """The drawing screen."""
        screen = self.screen_stack[0]
        assert isinstance(screen, DrawingScreen)
        return screen

    @property
    def reader(self) -> FakeReader:
        """Its reader."""
        reader = self.drawing._reader
        assert isinstance(reader, FakeReader)
        return reader

    @property
    def pad(self) -> Pad:
        """Its pad."""
        return self.drawing.query_one(Pad)

    def text(self) -> str:
        """The whole terminal, without colour."""
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


SEVEN = ["home", "pageup", "space", *["end"] * 3, *["pagedown", "left"] * 3, "space"]


async def settled(pilot: Pilot[Any]) -> None:
    """The message of a key, the reader's answer and the layout that follows are all done."""
    for _ in range(3):
        await pilot.pause()


async def until(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Wait for something that a thread or a child brings about."""
    await layout.until(pilot, condition)
    await pilot.pause()
