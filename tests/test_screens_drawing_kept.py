"""Drawings of one's own in the app: keeping them, taking them back, losing none; fine-tuning and its result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import fold_story
import numpy as np
import pytest
from drawing_app import SEVEN, DrawingApp, FakeReader, until
from drawn import ink, kept_digits
from fake_core import DEVICES, details, install
from layout import after, clipped, settled, shows, text
from numpy.typing import NDArray
from PIL import Image
from run_story import new_run, write
from textual.pilot import Pilot
from textual.widgets import Input

from core import paths
from core.config.configuration import TrainingConfig
from core.config.recipes import FINE_TUNE
from core.data import own_sets
from core.drawing import draft
from core.drawing.clean_copy import of_ink
from core.errors import DataError
from core.preprocessing.normalise import normalise
from core.reading.protocol import ReadAnswer
from core.reading.reading import Reading
from core.runs import launch, preferences
from core.runs.events import Event, Failed
from core.runs.run import Run, list_runs
from core.runs.writer import RunWriter
from tui.app import DigitsApp
from tui.processes import readings as reading_twice
from tui.screens.confirm import Confirm
from tui.screens.datasets import DataScreen
from tui.screens.drawing import DrawingScreen
from tui.screens.fine_tuning_result import FineTuningResultScreen
from tui.screens.guided import GuidedScreen
from tui.screens.own_sets import OwnSetsScreen
from tui.widgets.shared.probabilities import Probabilities

pytestmark = pytest.mark.usefixtures("children_end")


@pytest.fixture(autouse=True)
def no_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """No child of the app looks at real data or starts torch."""
    install(monkeypatch, {"devices --json": [DEVICES], "datasets mnist --json": [details()]})
    monkeypatch.setattr(reading_twice, "Reader", FakeReader)


class Trainings:
    """Stands in for the processes of runs: writes what a test tells it to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stack: ExitStack) -> None:
        self._stack = stack
        self.writer: RunWriter | None = None
        monkeypatch.setattr(launch, "start_run", self._start)

    def _start(self, run: Run, *, resume: bool = False) -> Any:
        assert self.writer is None and not resume
        self.writer = self._stack.enter_context(RunWriter(run))
        return self

    def wait(self) -> int:
        """As `Popen.wait`: at once, since the lock says that it runs."""
        return 0

    def write(self, *told: Event) -> None:
        """Append events."""
        assert self.writer is not None
        for event in told:
            self.writer.append(event)

    def end(self, *told: Event) -> Run:
        """Append the last events, leave weights, and let go."""
        assert self.writer is not None
        run = self.writer.run
        run.model.touch()
        self.write(*told)
        self._stack.close()
        return run


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trainings]:
    """A run that is started trains until it is ended."""
    with ExitStack() as stack:
        yield Trainings(monkeypatch, stack)


def learned_run(own: own_sets.OwnSet) -> Run:
    """A run that has finished learning this set, whose question is open."""
    config = TrainingConfig(str(own.folder), FINE_TUNE, fine_tune=str(paths.shipped_checkpoint()), folds=3)
    run = write(new_run("2026-02-01-101500-own-fine-tune", config), [fold_story.started()])
    write(run, [fold_story.finished()])
    run.model.touch()
    preferences.await_answer(run.path)
    return run


def images(label: int) -> list[NDArray[np.uint8]]:
    """The drawings of a digit in the active set, as an image viewer sees them."""
    return [np.array(Image.open(each.path)) for each in own_sets.drawings(own_sets.active()) if each.label == label]


async def seven(app: DrawingApp, pilot: Pilot[None]) -> NDArray[np.uint8]:
    """Draw something that is read as a 7; returns it."""
    await pilot.press(*SEVEN)
    await until(pilot, lambda: app.drawing._reading is not None)
    return app.pad.ink.bitmap.copy()


def told(app: DigitsApp) -> str:
    """What the notices on the screen say; there their lines are broken."""
    return "\n".join(each.message for each in app._notifications)


def counts() -> dict[int, int]:
    """How many drawings there are of each digit of which there are any."""
    return {digit: count for digit, count in enumerate(own_sets.counts(own_sets.active())) if count}


# Keeping


async def test_enter_keeps_the_drawing_as_what_it_was_read_as() -> None:
    """The bitmap as PNG with its strokes, at once; the count shows, and the pad is clear for the next."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        drawn = await seven(app, pilot)
        strokes = app.pad.ink.strokes
        await pilot.press("enter")
        await until(pilot, lambda: "kept as 7" in app.text())
        assert app.pad.ink.is_empty and "Draw something" in app.text()
        assert "7  1" in app.text() and "4  0" in app.text()
    (image,) = images(7)
    assert np.array_equal(image, drawn) and counts() == {7: 1}
    (drawing,) = own_sets.drawings(own_sets.active())
    assert own_sets.strokes_of(drawing) == strokes


@pytest.mark.parametrize("digit", range(10))
async def test_a_digit_key_says_what_it_is(digit: int) -> None:
    """Whatever it was read as."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await seven(app, pilot)
        await pilot.press(str(digit))
        await until(pilot, lambda: f"kept as {digit}" in app.text())
    assert counts() == {digit: 1}


async def test_a_click_on_a_bar_says_what_it_is() -> None:
    """For whoever draws with the mouse: in two columns of bars the right one has 5 to 9."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for offset, digit in (((3, 2), 2), ((25, 4), 9)):
            await seven(app, pilot)
            await pilot.click(Probabilities, offset=offset)
            await until(pilot, shows(app, f"kept as {digit}"))
        await pilot.resize_terminal(160, 50)
        await seven(app, pilot)
        await pilot.click(Probabilities, offset=(30, 6))
        await until(pilot, lambda: "kept as 6" in app.text())
    assert counts() == {2: 1, 6: 1, 9: 1}


async def test_the_pen_begins_anew_after_a_drawing_was_kept() -> None:
    """With the pen still down: enter lifts it, and moving on draws nothing."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "right", "right")
        await until(pilot, lambda: app.drawing._reading is not None)
        await pilot.press("enter")
        await until(pilot, lambda: counts() == {7: 1} and app.pad.ink.is_empty)
        await pilot.press("right", "down", "u")
        assert app.pad.ink.is_empty and not app.pad.pen_down


async def test_nothing_drawn_and_nothing_read_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said what to do instead."""
    monkeypatch.setattr(FakeReader, "ask", lambda self, bitmap, strokes=None: None)
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("enter", "3"):
            await pilot.press(key)
            assert "draw something first" in app.text()
        await pilot.press("b")
        assert "nothing is kept yet" in app.text()
        await pilot.press("space", "enter")
        assert "not read yet: press its digit" in app.text()
        await pilot.press("3")
        await until(pilot, lambda: "kept as 3" in app.text())
    assert counts() == {3: 1}


@pytest.mark.parametrize(("then", "kept_as"), [(7, {7: 1}), (1, {})])
async def test_a_reading_that_is_late_is_confirmed_only_where_it_says_the_same(
    monkeypatch: pytest.MonkeyPatch, then: int, kept_as: dict[int, int]
) -> None:
    """Enter right after the last stroke: what was seen was read before it, and the drawing has changed since."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await seven(app, pilot)

        def ask_in_vain(self: FakeReader, bitmap: NDArray[np.uint8], strokes: object = None) -> int:
            self.asked.append(bitmap.copy())
            return len(self.asked)

        before = len(app.reader.asked)
        with monkeypatch.context() as slow:
            slow.setattr(FakeReader, "ask", ask_in_vain)
            await pilot.press("space", "left", "space", "enter")
        assert counts() == {} and len(app.reader.asked) > before
        # An answer to what the drawing was before, which happens to look the same to the network.
        seen = normalise(of_ink(app.pad.ink), "bright")
        app.reader.on_answer(ReadAnswer(Reading(7, (0.0,) * 7 + (1.0, 0.0, 0.0), seen, "/shipped.npz", 1.0), before))
        await pilot.pause()
        assert counts() == {} and app.drawing._confirmed is not None
        probabilities = tuple(float(digit == then) for digit in range(10))
        app.reader.answer(Reading(then, probabilities, seen, "/shipped.npz", 1.0))
        await until(pilot, lambda: counts() == kept_as and (kept_as or "Enter again?" in app.text()))
        assert app.drawing._confirmed is None


async def test_a_drawing_that_cannot_be_kept_stays_on_the_pad(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason; once there is room it is kept."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        drawn = await seven(app, pilot)
        with monkeypatch.context() as disk:
            disk.setattr("os.fsync", full)
            await pilot.press("enter")
            await until(pilot, lambda: "No space left" in told(app))
        assert np.array_equal(app.pad.ink.bitmap, drawn) and not counts()
        await pilot.press("enter")
        await until(pilot, lambda: counts() == {7: 1})


async def test_the_last_one_is_taken_back_and_corrected() -> None:
    """It is on the pad again with its strokes, and is kept as what it is."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        drawn = await seven(app, pilot)
        strokes = app.pad.ink.strokes
        await pilot.press("enter")
        await until(pilot, lambda: counts() == {7: 1})
        await pilot.press("b")
        await until(pilot, lambda: "the 7 is taken back" in app.text())
        assert counts() == {} and "7  0" in app.text()
        assert np.array_equal(app.pad.ink.bitmap, drawn) and app.pad.ink.strokes == strokes
        await until(pilot, lambda: "90.0%" in app.text())
        await pilot.press("9")
        await until(pilot, lambda: counts() == {9: 1})
        assert np.array_equal(images(9)[0], drawn)


async def test_taking_back_does_not_cover_another_drawing() -> None:
    """That one is kept or cleared first."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await seven(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: counts() == {7: 1})
        await pilot.press("space", "b")
        assert "keep or clear this one first" in app.text() and counts() == {7: 1}
        await pilot.press("c", "backspace")
        await until(pilot, lambda: not counts() and not app.pad.ink.is_empty)


async def test_what_was_drawn_in_a_large_terminal_is_taken_back_in_a_small_one() -> None:
    """The drawing is fitted to the pad that there is."""
    app = DrawingApp()
    async with app.run_test(size=(160, 50)) as pilot:
        await seven(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: counts() == {7: 1})
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.pad.ink.width == 40)
        await pilot.press("b")
        await until(pilot, lambda: not app.pad.ink.is_empty)
        assert app.pad.ink.bitmap.shape == (40, 40) and len(app.pad.ink.strokes) == 1


# Losing nothing


async def test_what_is_on_the_pad_is_there_at_the_next_start() -> None:
    """Quitting in the middle of a stroke; once it is kept it does not come again."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*SEVEN, "left", "space", "down", "down")
        drawn = app.pad.ink.bitmap.copy()
    again = DrawingApp()
    async with again.run_test(size=(80, 24)) as pilot:
        assert np.array_equal(again.pad.ink.bitmap, drawn) and "your last drawing is back" in again.text()
        await until(pilot, lambda: "90.0%" in again.text())
        await pilot.press("enter")
        await until(pilot, lambda: counts() == {7: 1})
        assert np.array_equal(images(7)[0], drawn)
    third = DrawingApp()
    async with third.run_test(size=(80, 24)):
        assert third.pad.ink.is_empty


async def test_a_stroke_is_on_the_disk_while_it_is_drawn() -> None:
    """A kill cannot be prepared for."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "right")
        await until(pilot, lambda: draft.load() is not None)
        await pilot.press("right")
        await until(pilot, lambda: len((draft.load() or (0, 0, ()))[2][0].points) == 3)


async def test_a_cleared_pad_is_forgotten_and_undo_brings_it_back() -> None:
    """On the disk as on the screen."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*SEVEN)
        await until(pilot, lambda: draft.load() is not None)
        await pilot.press("c")
        await until(pilot, lambda: draft.load() is None)
        await pilot.press("u")
        await until(pilot, lambda: draft.load() is not None)


async def test_a_draft_that_cannot_be_written_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing goes on."""

    tried = 0

    def save(*_: object) -> None:
        nonlocal tried
        tried += 1
        raise DataError("the drawing on the pad cannot be kept: No space left on device")

    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        with monkeypatch.context() as disk:
            disk.setattr(draft, "save", save)
            await pilot.press("space", "right")
            await until(pilot, lambda: "No space left" in told(app))
            await pilot.press("right", "c", "u")
            await until(pilot, lambda: tried > 1)
        await pilot.press("space")
        await until(pilot, lambda: draft.load() is not None)
        assert told(app).count("No space left") == 1 and not app.pad.ink.is_empty


# Guided sessions


async def asked(app: DrawingApp, pilot: Pilot[None]) -> int:
    """The digit that is asked for, as the pad says it."""
    await until(pilot, lambda: "Draw a" in str(app.pad.border_title))
    return int(str(app.pad.border_title).split()[2])


async def test_a_guided_session_asks_keeps_and_goes_on_after_quitting() -> None:
    """Each drawing under the digit that was asked for, whatever it was read as, with nothing but keys."""
    app = DrawingApp()
    done = []
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("g")
        assert isinstance(app.screen, GuidedScreen) and clipped(app) == []
        await pilot.press("enter")
        for number in range(1, 4):
            digit = await asked(app, pilot)
            assert f"({number} of 100)" in app.text() and f"{number} of 100" in "\n".join(app.pad.hint)
            await pilot.press("space", "down", "down", "enter")
            done.append(digit)
            await until(pilot, shows(app, f"kept as {digit}"))
    assert sorted(done) == sorted(digit for digit, count in counts().items() for _ in range(count))
    said = [json.loads(each.path.with_suffix(".json").read_text()) for each in own_sets.drawings(own_sets.active())]
    assert all(each["asked"] == each["label"] for each in said)
    again = DrawingApp()
    async with again.run_test(size=(80, 24)) as pilot:
        assert "g continues the session" in again.text()
        await pilot.press("g")
        assert "3 of 100 drawn, 97 left." in text(again) and clipped(again) == []
        await pilot.press("enter")
        await until(pilot, lambda: "(4 of 100)" in again.text())


async def test_in_a_session_one_can_skip_take_back_and_leave() -> None:
    """What was taken back is asked for again; after leaving nothing is asked for."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("g", "enter")
        first = await asked(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: str(app.pad.border_title).split()[2] != str(first))
        second = await asked(app, pilot)
        await pilot.press("space", "down", "enter")
        await until(pilot, lambda: counts() == {second: 1} and "(2 of 100)" in app.text())
        await pilot.press("b")
        await until(pilot, lambda: "(1 of 100)" in app.text())
        assert await asked(app, pilot) == second and counts() == {}
        await pilot.press(str(first))  # which was not asked for: it is kept, and the other one still due
        await until(pilot, lambda: counts() == {first: 1})
        assert await asked(app, pilot) == second
        await pilot.press("escape")
        await until(pilot, lambda: not app.pad.border_title)
        assert "Draw something" in app.text() and "Skip" not in app.text()


async def test_at_the_end_of_a_session_learning_is_offered(trainings: Trainings) -> None:
    """One of each digit, asked for by number; no says that it can wait."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("g")
        field = app.screen.query_one("#each", Input)
        field.value = "0"
        await pilot.press("enter")
        assert "1 to 1,000" in text(app) and clipped(app) == []
        field.value = "1"
        await pilot.press("enter")
        for number in range(1, 11):
            await until(pilot, shows(app, f"({number} of 10)"))
            await pilot.press("space", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "All 10 digits are drawn" in text(app) and counts() == dict.fromkeys(range(10), 1)
        kept_digits(own_sets.active(), [0, 1] * 2)
        await pilot.press("y")
        await until(pilot, lambda: trainings.writer is not None)
        assert not app.pad.border_title


# Several people


async def test_another_person_s_set_is_made_and_chosen() -> None:
    """Drawings go there from then on, also after the next start, until the first is chosen again."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await seven(app, pilot)
        await pilot.press("1")
        await until(pilot, lambda: counts() == {1: 1})
        await pilot.press("o")
        assert isinstance(app.screen, OwnSetsScreen) and "own  1 drawing" in text(app)
        await pilot.press("n", *"own", "enter")
        assert "✗" in text(app) and clipped(app) == []
        await pilot.press(*["backspace"] * 3, *"Ada", "enter")
        await until(pilot, lambda: "Ada" in app.text())
        await seven(app, pilot)
        await pilot.press("2")
        await until(pilot, lambda: counts() == {2: 1})
    assert own_sets.active().name == "Ada"
    again = DrawingApp()
    async with again.run_test(size=(80, 24)) as pilot:
        assert "Ada" in again.text() and "2  1" in again.text()
        await pilot.press("o", "up", "enter")
        await until(pilot, lambda: "1  1" in again.text())
        assert own_sets.active().name == "own"
        await pilot.press("o", "n", "escape", "escape")
        assert isinstance(again.screen, DrawingScreen)


# Pinning


def is_pinned(app: DrawingApp, bitmap: NDArray[np.uint8]) -> bool:
    """Whether this drawing is pinned, to the pixel."""
    there = app.owners.pinned.bitmap
    return there is not None and np.array_equal(there, bitmap)


async def test_a_drawing_is_pinned_and_unpinned() -> None:
    """A copy; the same drawing again, or an empty pad, unpins, another drawing takes its place."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        assert app.owners.pinned.bitmap is None and "draw something to pin" in app.text()
        await seven(app, pilot)
        pinned = of_ink(app.pad.ink)
        await pilot.press("i")
        assert "◆ pinned" in app.text() and is_pinned(app, pinned)
        await pilot.press("space", "left", "left")
        assert is_pinned(app, pinned)
        await pilot.press("i")
        assert is_pinned(app, of_ink(app.pad.ink))
        assert not is_pinned(app, pinned)
        await pilot.press("i")
        assert app.owners.pinned.bitmap is None and "◆" not in app.text()
        await pilot.press("i", "c", "i")
        assert app.owners.pinned.bitmap is None and "unpinned" in app.text()


async def test_a_run_that_is_watched_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """While its checkpoint is chosen it saves more often; one that has ended is left alone."""
    watched: list[Run] = []
    monkeypatch.setattr(Run, "watch", lambda run: watched.append(run))
    run = new_run("2026-02-01-101500-own-fine-tune")
    run.model.touch()
    app = DrawingApp()
    async with app.run_test(size=(80, 24)):
        app.owners.model.use(run.model)
        app.drawing._follow_checkpoint()
        assert not watched
        with RunWriter(run):
            app.drawing._follow_checkpoint()
        assert watched == [run]


# Learning


async def test_too_little_to_learn_from_is_said(trainings: Trainings) -> None:
    """And nothing is started."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("l")
        await until(pilot, lambda: "too few to learn from" in told(app))
        assert trainings.writer is None and list_runs() == []


async def test_learning_goes_on_in_the_background_and_its_model_is_kept(trainings: Trainings) -> None:
    """Progress in the status line while one draws; then before and after, and y draws with it from then on."""
    kept_digits(own_sets.active(), [0, 1, 2] * 5)
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("l")
        await until(pilot, lambda: "learning: getting ready" in app.text())
        (run,) = list_runs()
        assert run.config() == TrainingConfig(
            str(own_sets.active().folder), FINE_TUNE, fine_tune=str(paths.shipped_checkpoint()), folds=3
        )
        assert app.current_mode == "drawing" and app.owners.runs.current == run
        told = list(fold_story.story())
        trainings.write(*told[: len(told) // 2])
        await until(pilot, lambda: "learning 5" in app.text() or "learning 4" in app.text())
        await pilot.press("l")  # again: it is learning already
        assert len(list_runs()) == 1
        await seven(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "kept as 7" in app.text() and "learning" in app.text())
        await seven(app, pilot)
        trainings.end(*told[len(told) // 2 :], fold_story.finished())
        await until(pilot, lambda: isinstance(app.screen, FineTuningResultScreen))
        await until(pilot, lambda: "7, 90.0%" in text(app))
        seen = " ".join(text(app).replace("│", " ").split())
        for words in (
            "Learned from 250 drawings of “own”", "92.00%", "96.80%", "230 → 242 of 250", "99.71%", "99.66%",
            "in 5 folds", "92% to 100%", "1.3 points", "the shipped model, stays",
        ):  # fmt: skip
            assert words in seen, words
        assert clipped(app) == [] and preferences.checkpoint() is None
        await pilot.press("enter")  # meant for the pad: it answers nothing
        assert isinstance(app.screen, FineTuningResultScreen)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, DrawingScreen))
        assert preferences.checkpoint() == app.owners.model.checkpoint == run.model == app.reader.loaded[-1]
        assert preferences.unanswered_run() is None and app.owners.fine_tuning.current is None
    again = DrawingApp()
    async with again.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: again.reader.loaded == [run.model])
        assert not isinstance(again.screen, FineTuningResultScreen)


async def test_the_old_model_can_be_kept() -> None:
    """n changes nothing, and nothing is asked again."""
    kept_digits(own_sets.active(), [1] * 2)
    learned_run(own_sets.active())
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FineTuningResultScreen))
        assert "The drawing on the pad" not in text(app)  # there is none
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, DrawingScreen))
        assert (
            app.owners.model.checkpoint is None
            and preferences.checkpoint() is None
            and preferences.unanswered_run() is None
        )


async def test_the_answer_can_wait() -> None:
    """Escape; l asks again instead of learning anew, and so does the next start."""
    kept_digits(own_sets.active(), [0, 1, 2] * 5)
    run = learned_run(own_sets.active())
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FineTuningResultScreen))
        await pilot.press("escape")
        await until(pilot, lambda: "learned: press l" in app.text())
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, FineTuningResultScreen))
        await pilot.press("escape")
    assert list_runs() == [run]


async def test_the_next_start_asks_about_what_was_learned_meanwhile() -> None:
    """On the first screen, about the drawing that was left on the pad too."""
    run = learned_run(own_sets.active())
    draft.save(40, 40, ink(7).strokes)
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FineTuningResultScreen))
        await until(pilot, lambda: "7, 90.0%" in text(app))
        await pilot.press("y")
        await until(pilot, lambda: preferences.checkpoint() == run.model)
        assert app.current_mode == "home"


async def test_no_question_comes_in_the_middle_of_something(trainings: Trainings) -> None:
    """Neither in a stroke nor over a dialog nor on the data screen, whose keys are the answer's."""
    kept_digits(own_sets.active(), [0, 1, 2] * 5)
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("l")
        await until(pilot, lambda: trainings.writer is not None)
        await pilot.press("space", "right")
        trainings.end(fold_story.started(), fold_story.finished())
        await until(pilot, lambda: "learned: press l" in app.text())
        for keys, kind in (([], DrawingScreen), (["o"], OwnSetsScreen), (["escape", "d"], DataScreen)):
            await pilot.press(*keys)
            app.owners.fine_tuning.look()
            await pilot.pause()
            assert isinstance(app.screen, kind)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, FineTuningResultScreen))


async def test_a_run_that_failed_is_said_and_can_be_begun_anew(trainings: Trainings) -> None:
    """Nothing is asked about it."""
    kept_digits(own_sets.active(), [0, 1, 2] * 5)
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("l")
        await until(pilot, lambda: trainings.writer is not None)
        trainings.end(fold_story.started(), Failed("the device failed"))
        await until(pilot, lambda: "learning failed" in app.text())
        trainings.writer = None
        await pilot.press("l")
        await until(pilot, lambda: trainings.writer is not None and "getting ready" in app.text())
        assert len(list_runs()) == 2


async def test_a_run_that_was_deleted_is_forgotten() -> None:
    """Also while its question is open."""
    run = learned_run(own_sets.active())
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FineTuningResultScreen))
        await pilot.press("escape")
        for path in run.path.iterdir():
            path.unlink()
        run.path.rmdir()
        await until(pilot, lambda: app.owners.fine_tuning.current is None)
        assert preferences.unanswered_run() is None and "learned" not in app.text()


async def test_a_model_that_cannot_be_read_with_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is read with all the same."""
    from tui.processes.reader import ReaderState

    class Failing(FakeReader):
        def load(self, checkpoint: Path | None) -> None:
            if checkpoint == Path("/gone.npz"):
                self.on_state(ReaderState("failed", "there is no checkpoint"))
            else:
                super().load(checkpoint)

    monkeypatch.setattr(reading_twice, "Reader", Failing)
    bitmap = np.full((4, 4), 255, np.uint8)
    before, after_ = await reading_twice.readings(bitmap, (Path("/gone.npz"), Path("/there.npz")))
    assert before is None and after_ is not None and after_.digit == 7


async def test_a_choice_of_checkpoint_outlasts_the_app(tmp_path: Path) -> None:
    """Chosen with k; the shipped one chosen again forgets it."""
    app = DrawingApp()
    run = fold_story.crossed_run("2026-02-01-101500-own-fine-tune")
    async with app.run_test(size=(80, 24)):
        app.drawing._chosen(run.model)
        assert preferences.checkpoint() == run.model
        with RunWriter(run):
            app.drawing._chosen(paths.shipped_checkpoint())
            assert preferences.checkpoint() is None
            app.drawing._chosen(run.model)  # which is still being written: to be watched, not to stay
        assert app.owners.model.checkpoint == run.model and preferences.checkpoint() is None


# How it looks


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_every_state_fits(size: tuple[int, int], trainings: Trainings) -> None:
    """Guided, pinned, learning, and with large counts."""
    kept_digits(own_sets.active(), [0, 1, 2] * 5)
    app = DrawingApp()
    async with app.run_test(size=size) as pilot:
        await seven(app, pilot)
        await pilot.press("i", "l")
        await until(pilot, lambda: "learning" in app.text())
        trainings.write(*list(fold_story.story())[:20])
        await until(pilot, lambda: "left" in app.text())
        assert clipped(app) == [] and "◆ pinned" in app.text()
        assert app.text().splitlines()[-1].rstrip().endswith("q Quit")
        await pilot.press("g", "enter")
        await asked(app, pilot)
        assert clipped(app) == [] and app.text().splitlines()[-1].rstrip().endswith("q Quit")
        trainings.end(fold_story.started(), fold_story.finished())
        await until(pilot, lambda: isinstance(app.screen, FineTuningResultScreen))
        assert clipped(app) == []


async def test_a_pad_says_what_to_draw_without_colour() -> None:
    """In the frame and in the middle; the words in the middle go with the first ink."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("g", "enter")
        digit = await asked(app, pilot)
        words = f"Draw {'an' if digit == 8 else 'a'} {digit}"
        await until(pilot, lambda: app.text().count(words) == 2)
        await pilot.press("space")
        assert app.text().count(words) == 1


async def test_a_fine_tuning_costs_a_move_of_the_pen_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a session and with a set, a move still sends hundreds of bytes and waits for no disk."""
    kept_digits(own_sets.active(), [0, 1, 2] * 5)
    sent: list[str] = []
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "right")
        await until(pilot, lambda: draft.load() is not None)
        await settled(pilot)  # what the network sees follows its reading after a while
        monkeypatch.setattr(FakeReader, "ask", lambda self, bitmap, strokes=None: None)
        monkeypatch.setattr(
            DigitsApp, "_display", lambda self, screen, what: sent.append(what.render_segments(self.console))
        )
        await pilot.press("right")
        assert 0 < len("".join(sent)) < 1000
        monkeypatch.undo()


def test_a_guided_session_looks_right(snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 80×24, with something drawn."""
    monkeypatch.setattr("random.Random.sample", lambda self, population, k: list(population)[:k])
    kept_digits(own_sets.active(), [0, 1, 2] * 5)
    keys = ("g", "enter", "space", *["down"] * 8, "space")
    assert snap_compare(DrawingApp(), terminal_size=(80, 24), run_before=after(*keys))


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_what_was_learned_looks_right(snap_compare: Any, size: tuple[int, int]) -> None:
    """With a drawing on the pad."""
    learned_run(own_sets.active())
    draft.save(40, 40, ink(7).strokes)

    async def shown(pilot: Pilot[Any]) -> None:
        await until(
            pilot, lambda: isinstance(pilot.app.screen, FineTuningResultScreen) and "7, 90.0%" in text(pilot.app)
        )
        await after()(pilot)

    assert snap_compare(DrawingApp(), terminal_size=size, run_before=shown)
