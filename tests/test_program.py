"""The whole program in a real pseudo-terminal, as somebody at the far end of a line uses it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from terminal import Terminal, digits_tui, wait_for_digit
from waiting import LONGEST, wait_until

from core.config.configuration import TrainingConfig
from core.data import catalogue, own_sets
from core.errors import RunError
from core.runs import launch
from core.runs.run import create_run, list_runs
from core.runs.writer import RunWriter


@pytest.fixture
def app(short_trainings: str) -> Callable[..., Terminal]:
    """Opens the program in the home of this test."""
    return partial(digits_tui, PYTHONPATH=short_trainings)


def test_draw_with_the_mouse_and_with_the_arrow_keys(app: Callable[..., Terminal]) -> None:
    """A drawn 1 and, from nothing but keys, a drawn 7 are read; quitting restores the terminal."""
    with app() as terminal:
        terminal.expect("Training")
        terminal.press("p")
        terminal.expect("Draw something")
        terminal.mouse("down", 20, 4)
        for row in range(8, 18, 4):
            terminal.mouse("move", 20, row)
        terminal.mouse("up", 20, 17)
        wait_for_digit(terminal, 1)

        terminal.press("c")
        terminal.expect("Draw something")
        terminal.press(*["left"] * 6, *["up"] * 14, "space", *["right"] * 13, *["down"] * 26, "space")
        wait_for_digit(terminal, 7)
        terminal.press("u")
        terminal.expect("Draw something")

        terminal.press("q")
        assert terminal.end() == 0
        assert b"\x1b[?1049l" in terminal.output[-4000:]  # the alternate screen is left
        assert b"\x1b[?1000l" in terminal.output[-4000:]  # and the mouse let go


def test_look_inside_with_keys_and_with_the_mouse(app: Callable[..., Terminal]) -> None:
    """The layers of the network that reads follow a drawn 1; a map is chosen, enlarged and switched off."""
    with app() as terminal:
        terminal.expect("Training")
        terminal.press("p")
        terminal.expect("Draw something")
        terminal.press("v")
        terminal.expect("Draw a digit")
        terminal.mouse("down", 20, 4)
        for row in range(8, 18, 4):
            terminal.mouse("move", 20, row)
        terminal.mouse("up", 20, 17)
        terminal.expect("Layer 1, map")
        terminal.press("tab", "right", "enter")
        terminal.expect("with its kernel")
        terminal.press("escape")
        terminal.expect("number 2 of")
        terminal.press("x")
        terminal.expect("1 map off")
        terminal.expect("right")  # of a thousand images
        terminal.press("m", ".")
        terminal.expect("Layer 2, map")
        names = next(y for y, line in enumerate(terminal.text().splitlines()) if "flip  like" in line)
        at = terminal.text().splitlines()[names].index("why")
        terminal.mouse("down", at, names)
        terminal.mouse("up", at, names)
        terminal.expect("gradients")
        terminal.press("v")
        wait_for_digit(terminal, 1)
        terminal.press("q")
        assert terminal.end() == 0


def test_train_quit_come_back_and_find_the_run(app: Callable[..., Terminal], tiny_set: Path) -> None:
    """A training on a small real set is started, seen through an epoch, left, found again and stopped."""
    entry = catalogue.add(str(tiny_set))
    with app() as terminal:
        terminal.expect("Training")
        terminal.press("d")
        terminal.expect(entry.title)
        terminal.settle()
        terminal.press(*["down"] * [each.name for each in catalogue.entries()].index(entry.name))
        terminal.expect("171")  # of 200 images, 15% held out
        terminal.press("s")
        terminal.expect("Validation accuracy")
        _wait_for_an_epoch()
        terminal.press("s")
        terminal.expect("stopped")
        terminal.press("q")
        assert terminal.end() == 0
    (run,) = list_runs()
    assert run.is_resumable()
    with app() as terminal:
        terminal.expect(run.name)


def _wait_for_an_epoch() -> None:
    def has_ended() -> bool:
        runs = list_runs()
        return bool(runs) and runs[0].events.exists() and '"epoch"' in runs[0].events.read_text()

    wait_until(has_ended)


def test_a_run_goes_on_without_the_app_and_is_attached_to(app: Callable[..., Terminal], tiny_set: Path) -> None:
    """The app is killed in the middle; the run lives, is announced at the next start and can be stopped there."""
    run = create_run(TrainingConfig(data=str(tiny_set), recipe="accurate", epochs=400, device="cpu"))
    with app() as terminal:
        child = launch.start_run(run)
        try:
            _wait_for_an_epoch()
            terminal.expect("Training")
            os.kill(terminal.pid, signal.SIGKILL)
            terminal.end()
            assert run.is_running()
            with app() as again:
                again.expect(run.name)
                again.press("t")
                again.expect("Validation accuracy")
                again.press("q")
                assert again.end() == 0
                assert f"digits-tui watch {run.name}".encode() in again.output
            assert run.is_running()
        finally:
            run.request_stop()
            child.wait(LONGEST)


def test_two_apps_watch_one_run_and_either_stops_it(app: Callable[..., Terminal], tiny_set: Path) -> None:
    """Neither trains it a second time; the one that did not ask sees it stop too. One of them was stopped meanwhile."""
    run = create_run(TrainingConfig(data=str(tiny_set), recipe="accurate", epochs=400, device="cpu"))
    child = launch.start_run(run)
    with app() as first, app() as second:
        try:
            for terminal in (first, second):
                terminal.expect("Training")
                terminal.press("t")
                terminal.expect("Validation accuracy")
            os.kill(first.pid, signal.SIGSTOP)
            with pytest.raises(RunError, match="is being written by another process"), RunWriter(run):
                pytest.fail("two write it")
            second.expect("images/s")  # the first batches are done
            second.press("s")
            second.expect("Stopped")
            os.kill(first.pid, signal.SIGCONT)
            first.resize(100, 30)
            first.expect("Stopped")
        finally:
            run.request_stop()
            child.wait(LONGEST)
        assert run.status() == "stopped"
        for terminal in (first, second):
            terminal.press("q")
            assert terminal.end() == 0


ENDING = [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP]


@pytest.mark.parametrize("number", ENDING)
@pytest.mark.parametrize(
    "keys", ["", "p", "t", "\x10", "j"], ids=["home", "drawing", "training", "palette", "scorecard"]
)
def test_a_signal_leaves_the_terminal_as_it_was(
    app: Callable[..., Terminal], keys: str, number: signal.Signals
) -> None:
    """Whatever is on the screen, or about to be."""
    with app() as terminal:
        before = terminal.settings()
        terminal.expect("Training")
        assert {"?1049", "?1000", "?25"} <= terminal.modes()
        terminal.press(*keys)
        os.kill(terminal.pid, number)
        assert terminal.end() == 128 + number
        assert terminal.modes() == set()
        assert terminal.settings() == before
        assert b"Traceback" not in terminal.output


def _is_taken(terminal: Terminal) -> bool:
    return b"\x1b[?1049h" in terminal.output


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_during_the_start_leaves_the_terminal_as_it_was(
    app: Callable[..., Terminal], number: signal.Signals
) -> None:
    """At the moment at which the program takes the terminal, and somewhat later."""
    for later in (0.0, 0.01, 0.03, 0.1):
        with app() as terminal:
            before = terminal.settings()
            terminal.wait_until(partial(_is_taken, terminal), "it does not start")
            time.sleep(later)
            os.kill(terminal.pid, number)
            assert terminal.end() == 128 + number, later
            assert terminal.modes() == set(), later
            assert terminal.settings() == before, later


def test_bytes_that_are_no_keys_do_nothing(app: Callable[..., Terminal]) -> None:
    """The answer to a colour query, an old mouse report, Latin-1 and meta keep no drawing and end nothing."""
    with app() as terminal:
        terminal.expect("Training")
        terminal.press("p")
        terminal.expect("Draw something")
        terminal.mouse("down", 20, 4)
        terminal.mouse("move", 20, 16)
        terminal.mouse("up", 20, 16)
        wait_for_digit(terminal, 1)
        colour, mouse, attributes = b"\x1b]11;rgb:7777/1111/0000\x1b\\", b"\x1b[M !7", b"\x1b[?62;7c"
        for data in (colour, mouse, attributes, b"\xe9", b"\xe7", b"\x1bg"):
            terminal.send(data)
            terminal.settle()
        wait_for_digit(terminal, 1)
        assert "Guided" not in terminal.text()
        assert own_sets.drawings(own_sets.active()) == []
        terminal.press("q")
        assert terminal.end() == 0


def test_a_terminal_that_is_too_small_is_told_what_is_needed(app: Callable[..., Terminal]) -> None:
    """Below 80×24 the need is said; nothing else is drawn."""
    with app(columns=60, rows=20) as terminal:
        terminal.expect("80×24")
        assert "60×20" in terminal.text()
