"""The drawing screen in the app: the layout at each size, drawing and being read, choosing a checkpoint."""

from __future__ import annotations

import json
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawing_app import SEVEN, DrawingApp, settled
from layout import after
from textual import events
from textual.widget import Widget

from core import paths
from core.config.configuration import TrainingConfig
from core.drawing.clean_copy import of_ink
from core.preprocessing.normalise import normalise
from core.runs import checkpoints
from core.runs.run import Run, create_run
from core.runs.writer import RunWriter
from tui.processes.reader import ReaderState
from tui.screens.checkpoints import CheckpointScreen
from tui.screens.drawing import DrawingScreen
from tui.state.requests import DrawWith
from tui.widgets.drawing.answer import Answer
from tui.widgets.drawing.pad import Pad
from tui.widgets.drawing.status import Status
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.long_list import LongList
from tui.widgets.shared.probabilities import Probabilities
from tui.widgets.shared.thumbnail import Thumbnail


def checkpoint(path: Path, title_accuracy: float = 0.99) -> Path:
    """A file that has a checkpoint's header, which is all that the interface reads of one."""
    header = {
        "architecture": "small", "recipe": "fast", "data": "mnist", "parameters": 1, "epoch": 1, "epochs": 2,
        "step": 10, "seed": 0, "figures": {"validation_accuracy": title_accuracy},
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", json.dumps(header))
    return path


def a_run() -> Run:
    """A run with a checkpoint, in the test's own home."""
    run = create_run(TrainingConfig())
    checkpoint(run.model)
    return run


@pytest.mark.parametrize("size", [(80, 24), (80, 50), (100, 30), (120, 40), (160, 50), (300, 80)])
@pytest.mark.parametrize("drawn", [False, True])
async def test_everything_fits(size: tuple[int, int], drawn: bool) -> None:
    """No widget reaches beyond the screen or its parent, nothing scrolls, and the footer's last key is there."""
    app = DrawingApp()
    async with app.run_test(size=size) as pilot:
        if drawn:
            await pilot.press(*SEVEN)
        await settled(pilot)
        for widget in app.screen.query("*"):
            assert app.screen.region.contains_region(widget.region), widget
            assert isinstance(widget.parent, Widget), widget
            assert widget.parent.region.contains_region(widget.region), widget
            assert not (widget.is_scrollable and (widget.max_scroll_x or widget.max_scroll_y)), widget
        pad = app.screen.query_one(Pad)
        assert pad.content_size.width == 2 * pad.content_size.height == pad.ink.width
        assert app.screen.query_one(Thumbnail).size.width % 28 == 0
        assert app.text().splitlines()[-1].rstrip().endswith("q Quit")
        assert app.screen.query_one(KeyFooter).region.bottom == size[1]


@pytest.mark.parametrize(("size", "side", "bars"), [((80, 24), 40, 5), ((160, 50), 92, 10)])
async def test_the_pad_takes_the_room_there_is(size: tuple[int, int], side: int, bars: int) -> None:
    """40 × 40 pixels in the smallest terminal, as many as the rows allow in a large one."""
    app = DrawingApp()
    async with app.run_test(size=size):
        assert app.screen.query_one(Pad).ink.bitmap.shape == (side, side)
        assert app.screen.query_one(Probabilities).size.height == bars


async def test_a_drawing_is_read() -> None:
    """Drawn with keys: bars, figures, the large 7, the 28×28 that was seen, and the milliseconds."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.text().count("Draw") == 2 and "something" in app.text()
        await pilot.press(*SEVEN)
        await settled(pilot)
        reading = app.screen.query_one(Answer).reading
        assert reading is not None and reading.digit == 7
        text = app.text()
        for part in ("90.0%", "6.8%", "likely", "shipped model: 99.6% test, 1 ms", "████████"):
            assert part in text
        assert "something" not in text
        seen = app.screen.query_one(Thumbnail).bitmap
        assert seen is not None
        assert np.array_equal(seen, normalise(of_ink(app.screen.query_one(Pad).ink), "bright"))


async def test_a_drawing_with_the_mouse_is_read() -> None:
    """The newest bitmap goes to the reader after the changes."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for kind, x in ((events.MouseDown, 5), (events.MouseMove, 20), (events.MouseUp, 20)):
            app.post_message(kind(None, x, 8, 0, 0, 1, False, False, False, x, 8))
            await pilot.pause()
        await settled(pilot)
        assert np.array_equal(app.reader.asked[-1], app.screen.query_one(Pad).ink.bitmap)
        assert "90.0%" in app.text()


async def test_clearing_takes_the_answer_away() -> None:
    """With the last ink bars, bitmap and answer go; an answer that comes late changes nothing."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*SEVEN)
        await settled(pilot)
        await pilot.press("c")
        late = app.reader.asked[-1]
        app.reader.ask(late)
        await settled(pilot)
        assert "%" not in app.text().replace("99.6% test", "") and "Draw something" in app.text()
        seen = app.screen.query_one(Thumbnail).bitmap
        assert seen is not None and not seen.any()
        await pilot.press("u")
        await settled(pilot)
        assert "90.0%" in app.text()


async def test_the_status_line_says_pen_eraser_and_brush() -> None:
    """What keys changed without a trace on the pad can be read there."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        status = app.screen.query_one(Status)
        assert str(status.render()).startswith("Pen up  Brush 3.2 px")
        await pilot.press("space", "e", "right_square_bracket")
        assert str(status.render()).startswith("Pen down  Eraser 3.9 px")


async def test_the_status_line_has_room_for_the_run_and_its_accuracy() -> None:
    """The name whole and first, the milliseconds left out, at 80 columns; with more all of it."""
    run = create_run(TrainingConfig())
    name = "2026-11-22-101500-mnist-accurate"
    run.path.rename(run.path.with_name(name))
    path = run.path.with_name(name) / "model.npz"
    checkpoint(path)
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.owners.model.use(path)
        await pilot.pause()
        app.reader.on_state(ReaderState("ready", "", str(path), "mnist, accurate: 99.00% validation, epoch 10 of 20"))
        await pilot.press(*SEVEN)
        await settled(pilot)
        assert app.text().splitlines()[-2].rstrip().endswith(f"{name}: 99.00% validation")
        await pilot.resize_terminal(160, 50)
        await settled(pilot)
        assert f"{name}: 99.00% validation, epoch 10 of 20, 1 ms" in app.text()


async def test_only_what_changed_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading that says the same costs the line nothing."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*SEVEN)
        await settled(pilot)
        sent: list[Any] = []
        monkeypatch.setattr(app, "_display", lambda screen, what: sent.append(what))
        app.reader.ask(app.reader.asked[-1], app.pad.ink.strokes)
        await settled(pilot)
        assert not any(sent)


async def test_a_long_name_in_the_chooser_takes_one_line() -> None:
    """With the sign of a run that is going, at 80×24."""
    run = a_run()
    name = "2026-11-22-101500-my-own-handwritten-digits-accurate"
    run = Run(run.path.rename(run.path.with_name(name)))
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        with RunWriter(run):
            await pilot.press("k")
            await app.workers.wait_for_complete()
            await settled(pilot)
        assert any(name[:48] in line and "● tr" in line for line in app.text().splitlines())


async def test_the_reader_s_troubles_are_shown() -> None:
    """Loading, a death and a failure are in the status line until all is well again."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for state in (
            ReaderState("loading", "loading the network …"),
            ReaderState("restarting", "the reader died (signal 9); starting another …"),
            ReaderState("failed", "there is no checkpoint"),
        ):
            app.reader.on_state(state)
            await settled(pilot)
            assert state.text in app.text()
        app.reader.on_state(ReaderState("ready", "", "/shipped.npz", "mnist"))
        await settled(pilot)
        assert "shipped model: mnist" in app.text()


async def test_the_drawing_survives_another_screen_and_a_resize() -> None:
    """Whoever goes to another screen and comes back, or changes the terminal's size, finds the drawing."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*SEVEN)
        await pilot.press("h")
        await settled(pilot)
        assert not isinstance(app.screen, DrawingScreen)
        await pilot.press("p")
        await settled(pilot)
        assert "90.0%" in app.text()
        await pilot.resize_terminal(160, 50)
        await settled(pilot)
        ink = app.screen.query_one(Pad).ink
        assert ink.bitmap.shape == (92, 92) and not ink.is_empty
        assert np.array_equal(app.reader.asked[-1], ink.bitmap)


async def test_leaving_the_app_ends_the_reader() -> None:
    """No process stays behind."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)):
        reader = app.reader
    assert reader.closed


async def test_a_checkpoint_is_chosen() -> None:
    """k lists the networks there are, newest run first; a running one says so; enter takes the chosen one."""
    old, new = a_run(), a_run()
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*SEVEN)
        asked = len(app.reader.asked)
        with RunWriter(new):
            await pilot.press("k")
            await app.workers.wait_for_complete()
            await settled(pilot)
        assert isinstance(app.screen, CheckpointScreen)
        options = app.screen.query_one(LongList)
        every = [options._line(index).plain for index in range(options.count)]
        listed = [line for line in every if old.path.name[:10] in line]
        assert new.name in listed[0] and "● training" in listed[0]
        assert old.name in listed[1] and "training" not in listed[1] and "99.00% validation" in listed[1]
        assert "updated as it learns" in app.text()
        await pilot.press("end", "enter")
        await settled(pilot)
        assert app.owners.model.checkpoint == app.reader.loaded[-1] == old.model
        assert len(app.reader.asked) == asked + 1
        assert f"{old.name}: another" in app.text()


async def test_a_network_that_cannot_be_read_is_listed_and_not_chosen() -> None:
    """It says so in its line; Enter says why, and the list stays. Those out of sight are read too."""
    damaged, *_ = [a_run() for _ in range(9)]
    damaged.model.write_bytes(b"not a checkpoint")
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("k")
        await app.workers.wait_for_complete()
        await settled(pilot)
        listed = app.screen.query_one(LongList)
        titles = [listed._line(index).plain.rpartition("\n  ")[2] for index in range(listed.count)]
        assert titles[-1] == "It cannot be read." and all("validation" in title for title in titles[-9:-1])
        await pilot.press("end", "enter", "j")
        await settled(pilot)
        assert isinstance(app.screen, CheckpointScreen) and not app.reader.loaded
        assert all("is not a checkpoint of digits-tui" in each.message for each in app._notifications)
        assert len(app._notifications) == 2


async def test_a_bracket_in_the_path_of_a_network_is_no_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said of one that cannot be read names it as it is; what looks like a closing tag does not end the app."""
    path = tmp_path / "[bold red]" / "[" / "]model.npz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a checkpoint")
    monkeypatch.setattr(checkpoints, "available", lambda: [path])
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("k")
        await app.workers.wait_for_complete()
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, CheckpointScreen)
        (said,) = app._notifications
        assert str(path) in said.message and not said.markup


async def test_the_choice_can_be_left_as_it_is() -> None:
    """Escape closes the list and loads nothing."""
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("k")
        await app.workers.wait_for_complete()
        await pilot.press("escape")
        assert isinstance(app.screen, DrawingScreen) and not app.reader.loaded


async def test_the_shipped_network_can_be_chosen_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in the list, and chosen it stands for what is loaded without a choice."""
    shipped = checkpoint(tmp_path / "shipped.npz")
    monkeypatch.setattr(paths, "shipped_checkpoint", lambda: shipped)
    run = a_run()
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.owners.model.use(run.model)
        await pilot.press("k")
        await app.workers.wait_for_complete()
        await settled(pilot)
        assert "Shipped model" in app.text()
        await pilot.press("down", "enter")
        await settled(pilot)
        assert app.reader.loaded == [run.model, None] and app.owners.model.checkpoint is None


async def test_a_checkpoint_that_is_being_written_is_read_anew() -> None:
    """When the run has replaced the file the drawing is read again and the title follows; else nothing happens."""
    run = a_run()
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.owners.model.use(run.model)
        await pilot.press(*SEVEN)
        await settled(pilot)
        asked = len(app.reader.asked)
        app.drawing._follow_checkpoint()
        assert len(app.reader.asked) == asked
        checkpoint(run.model, 0.995)
        os.utime(run.model, ns=(time.time_ns(), time.time_ns() + 10**9))
        app.drawing._follow_checkpoint()
        await settled(pilot)
        assert len(app.reader.asked) == asked + 1 and "99.50% validation" in app.text()


async def test_a_checkpoint_chosen_elsewhere_is_loaded() -> None:
    """The training screen's "draw with it" opens this screen with that network."""
    run = a_run()
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("h")
        app.post_message(DrawWith(run.model))
        await settled(pilot)
        assert isinstance(app.screen, DrawingScreen) and app.reader.loaded == [run.model]


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
@pytest.mark.parametrize("drawn", [False, True])
def test_looks(snap_compare: Any, size: tuple[int, int], drawn: bool) -> None:
    """The screen looks as it did when somebody last looked at it."""
    assert snap_compare(DrawingApp(), terminal_size=size, run_before=after(*(SEVEN if drawn else [])))
