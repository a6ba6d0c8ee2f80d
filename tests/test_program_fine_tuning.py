"""Fine-tuning in a real pseudo-terminal: ten drawings are learned from, and a kill in the middle loses none."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from terminal import Terminal, digits_tui, wait_for_digit

from core import paths
from core.data import own_sets
from core.networks.checkpoint_file import Header
from core.runs import preferences
from core.runs.events import Finished
from core.runs.run import list_runs

_LEARNED = 25.0
"""Per cent with which a short training reads what it has learned; the other nine digits share the rest."""


@pytest.fixture
def untrained() -> Path:
    """A small network that has learned nothing, to draw with: what it learns here shows, and in seconds."""
    import torch

    from core.networks import architectures, checkpoint

    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = architectures.build("small")
    path = paths.user_checkpoints() / "untrained.npz"
    size = sum(each.numel() for each in network.parameters())
    checkpoint.save(path, network.state_dict(), Header("small", "fast", "mnist", size, 1, 1, 1, 0))
    preferences.keep(path)
    return path


def draw_one(terminal: Terminal, lean: int = 0, *, release: bool = True) -> None:
    """A 1, with the mouse, its top `lean` cells to the right of its foot; 0 is upright at column 22."""
    terminal.mouse("down", 22 + lean, 4)
    for step in range(1, 8):
        terminal.mouse("move", 22 + round(lean * (1 - step / 7)), 4 + 2 * step)
    if release:
        terminal.mouse("up", 22, 18)


def wait_for_nothing(terminal: Terminal) -> None:
    """Wait until the bars have gone with the drawing that was kept."""
    terminal.wait_until(lambda: "%" not in terminal.text(), "something is read")


def draw_seven(terminal: Terminal, steps: int) -> None:
    """A 7 that is so many pixels wide, with keys alone."""
    terminal.press(*["left"] * 6, "space", *["right"] * steps, *["down", "down", "left"] * 8, "space")


def wait_until_learned(terminal: Terminal) -> None:
    """Wait for the question, as long as a busy machine may take for it; no run stays behind."""

    def is_asked() -> bool:
        assert "failed" not in terminal.text(), terminal.text()
        return "Learned from 10 drawings" in terminal.text()

    try:
        terminal.wait_until(is_asked, "no question")
    finally:
        for run in list_runs():
            run.request_stop()


def draw_nought(terminal: Terminal, steps: int) -> None:
    """A 0 that is so many pixels wide, with keys alone."""
    terminal.press("space", *["right"] * steps, *["down"] * 16, *["left"] * steps, *["up"] * 16, "space")


def counts() -> dict[int, int]:
    """How many drawings there are of each digit of which there are any."""
    return {digit: count for digit, count in enumerate(own_sets.counts(own_sets.active())) if count}


def test_ten_drawings_are_kept_and_learned_from(untrained: Path, short_trainings: str) -> None:
    """With mouse and keys; before and after are shown, and the new model reads from then on."""
    with digits_tui(PYTHONPATH=short_trainings) as terminal:
        terminal.expect("Training")
        terminal.press("p")
        terminal.expect("Draw something")
        for count in range(1, 6):
            draw_one(terminal, 2 * count - 5)
            terminal.press("1")
            terminal.expect(f"1  {count} 6")
        for count in range(1, 4):
            draw_seven(terminal, 6 + 3 * count)
            terminal.press("7")
            terminal.expect(f"7  {count}")
        for count in range(1, 3):
            draw_nought(terminal, 6 + 2 * count)
            terminal.press("0")
            terminal.expect(f"0  {count} 5")
        draw_one(terminal, 5)
        terminal.press("l")
        terminal.expect("learning")
        wait_until_learned(terminal)
        on_pad = re.compile(r"The drawing on the pad +(\d), +[\d.]+% +→ +(\d), +[\d.]+%")
        terminal.wait_until(lambda: on_pad.search(terminal.text()), "the drawing on the pad was not read")
        read = on_pad.search(terminal.text())
        assert read is not None and read.group(2) == "1"
        assert re.search(r"Drawings, held out +\d", terminal.text())
        assert re.search(r"MNIST's test set +\d", terminal.text())
        terminal.press("y")
        wait_for_digit(terminal, 1, _LEARNED)
        terminal.press("q")
        assert terminal.end() == 0
    (run,) = list_runs()
    ending = run.ending()
    assert ending is not None and isinstance(end := ending.event, Finished)
    assert end.accuracy is not None and end.accuracy_before is not None and end.accuracy > end.accuracy_before
    assert end.mnist_after is not None and end.mnist_before is not None and end.mnist_after > end.mnist_before
    assert run.config().fine_tune == str(untrained) and run.config().folds == 2
    assert preferences.checkpoint() == run.model and counts() == {0: 2, 1: 5, 7: 3}
    with digits_tui() as again:
        again.expect("Training")
        again.press("p")
        again.expect("your last drawing is back")
        wait_for_digit(again, 1, _LEARNED)
        again.press("c")
        again.expect(run.name[:10])


def test_a_kill_in_the_middle_of_drawing_loses_nothing() -> None:
    """What was kept is there, and the drawing on the pad with it, though its stroke had not ended."""
    with digits_tui() as terminal:
        terminal.expect("Training")
        terminal.press("p")
        terminal.expect("Draw something")
        for count in (1, 2):
            draw_one(terminal, count)
            wait_for_digit(terminal, 1)
            terminal.press("enter")
            terminal.expect(f"1  {count} 6")
            wait_for_nothing(terminal)
        draw_one(terminal, release=False)
        drafts = paths.user_data() / "drafts"
        terminal.wait_until(
            lambda: any(each.read_bytes().count(b"[21.5, ") == 8 for each in drafts.glob("*.json")),
            "the stroke is not on the disk",
        )
        os.kill(terminal.pid, signal.SIGKILL)
        terminal.end()
    assert counts() == {1: 2}
    with digits_tui() as again:
        again.expect("Training")
        again.press("p")
        again.expect("your last drawing is back")
        again.expect("1  2 6")
        wait_for_digit(again, 1)
        again.press("enter")
        again.expect("1  3 6")
        again.press("q")
        assert again.end() == 0
    assert counts() == {1: 3}
    bitmaps = [own_sets.strokes_of(drawing) for drawing in own_sets.drawings(own_sets.active())]
    assert [len(strokes[0].points) for strokes in bitmaps] == [8, 8, 8]
