"""Run directories damaged in over a hundred ways: no command, list or screen ends, and no run hides the others.

The damage is real: what a full disk, an editor, a power cut, an older or a later version may leave in the files.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from layout import text, until
from numpy.typing import NDArray
from quick.sitecustomize import shortened
from run_story import ended_run
from textual.app import App
from textual.widgets import OptionList

from core import paths
from core.__main__ import main
from core.config.configuration import TrainingConfig
from core.config.device_plan import Plan
from core.config.recipes import RECIPES
from core.runs import events
from core.runs.run import UNKNOWN, Run, create_run, list_runs
from core.runs.writer import RunWriter
from tests.fuzz.shown import shown
from tests.fuzz.story import story
from tui.app import DigitsApp
from tui.screens.runs import RunsScreen
from tui.screens.training import TrainingScreen
from tui.state.owners import Owners
from tui.widgets.shared.long_list import LongList

pytestmark = pytest.mark.usefixtures("children_end", "two_threads")

SOUND, DAMAGED = "2026-01-01-100000-sound-fast", "2026-01-02-100000-damaged-fast"
_HUGE = 10**400
Damage = Callable[[Path], object]
"""Damages the run directory at a path."""


def _content(name: str, content: bytes) -> Damage:
    return lambda run: (run / name).write_bytes(content)


def _half(name: str) -> Damage:
    return lambda run: (run / name).write_bytes((run / name).read_bytes()[: (run / name).stat().st_size // 2])


def _folder(name: str) -> Damage:
    def damage(run: Path) -> None:
        (run / name).unlink(missing_ok=True)
        (run / name).mkdir()

    return damage


def _link(name: str, target: str) -> Damage:
    def damage(run: Path) -> None:
        (run / name).unlink(missing_ok=True)
        (run / name).symlink_to(target)

    return damage


def _fields(name: str, **changes: Any) -> Damage:
    def damage(run: Path) -> None:
        found = json.loads((run / name).read_text())
        (run / name).write_text(json.dumps({**found, **changes}))

    return damage


def _line(of: events.Event, field: str, value: Any) -> Damage:
    line = json.dumps({**of.to_json(), field: value}).encode()

    def damage(run: Path) -> None:
        lines = (run / "events.jsonl").read_bytes().splitlines()
        (run / "events.jsonl").write_bytes(b"\n".join([*lines[:2], line, *lines[2:], line, b""]))

    return damage


def _damages() -> Iterator[tuple[str, Damage]]:
    contents = {
        "empty": b"",
        "zeros": bytes(4096),
        "text": b"nothing of the kind\n",
        "Latin-1": "é".encode("latin-1") * 100,
        "null": b"null\n",
        "list": b"[1, 2]\n",
        "number": b"5\n",
        "object": b"{}\n",
        "nested": b"[" * 100_000 + b"\n",
        "huge number": b'{"event": "saved", "status": 1' + b"0" * 5000 + b"}\n",
        "surrogate": b'{"event": "failed", "error": "\\ud800", "status": "failed", "data": "\\ud800"}\n',
        "large": b"x" * (5 << 20) + b"\n",
    }
    for name in ("config.json", "summary.json", "events.jsonl"):
        yield from ((f"{name} {what}", _content(name, content)) for what, content in contents.items())
    for name in ("model.npz", "state.pt", "log.txt"):
        yield from ((f"{name} {what}", _content(name, contents[what])) for what in ("empty", "zeros", "text", "nested"))
    for name in ("config.json", "summary.json", "events.jsonl", "model.npz", "state.pt"):
        yield f"{name} half", _half(name)
    for name in (
        "config.json",
        "summary.json",
        "events.jsonl",
        "model.npz",
        "state.pt",
        "log.txt",
        "lock",
        "stop",
        "watched",
    ):
        yield f"{name} folder", _folder(name)
        if name != "config.json":  # a run without one is none
            yield f"{name} link to nothing", _link(name, "nothing")
            yield f"{name} link in a circle", _link(name, name)
    asked: dict[str, tuple[Any, ...]] = {
        "data": (5, None, "", "\ud800", "\x1b[2J", "a\0b", "x" * 5000), "recipe": (5, "instant", None, []),
        "epochs": ("3", 0, _HUGE, math.nan, True), "device": (0, "tpu", "cuda:99"), "seed": (-1, 1.5, _HUGE),
        "folds": (1, [2], -3), "teachers": (5, [1], ["nowhere"]), "fine_tune": (5, "", "nowhere"), "later": ({"a": 1},),
    }  # fmt: skip
    for field, values in asked.items():
        yield from (
            (f"config.json {field} {value!r:.12}", _fields("config.json", **{field: value})) for value in values
        )
    end = json.loads(json.dumps(list(story())[-1].to_json()))
    summaries: dict[str, tuple[Any, ...]] = {
        "status": ("paused", 5, None, ["stopped"], "running"),
        "test_accuracy": ("x", math.nan, math.inf, _HUGE, -1, True),
        "test_loss": (_HUGE, 1e300, "x", math.nan), "seconds": (1e308, _HUGE, "x", None, -5), "event": ("saved", 5),
        "confusion": (5, [[1]] * 11, [["x"] * 10] * 10), "best_epoch": (_HUGE, 1.5), "checkpoint": (5, "\ud800"),
        "later": ({"a": 1},),
    }  # fmt: skip
    for field, values in summaries.items():
        for value in values:
            content = json.dumps({"status": "finished", **end, field: value}).encode()
            yield f"summary.json {field} {value!r:.12}", _content("summary.json", content)
    by_kind = {event.kind: event for event in story()}
    odd: dict[str, dict[str, tuple[Any, ...]]] = {
        "started": {"epochs": (0, -1, _HUGE, 10**12), "folds": (-1, 7, 10**9), "steps_per_epoch": (0, _HUGE, "x"),
                    "data": (5, "\ud800"), "step": (10**15,), "seconds": (math.inf,), "fine_tuned": ("a\0b", None)},
        "progress": {"step": (-1, 10**15, _HUGE), "losses": ([], [_HUGE], [math.nan], ["x"], 5), "epoch": (-3, 10**12),
                     "seconds": (math.nan, 1e300), "images_per_second": (math.inf,)},
        "epoch": {"validation_accuracy": (5, math.nan, "x"), "train_loss": (_HUGE, math.inf), "epoch": (0, _HUGE)},
        "device": {"load": (math.inf, -1), "memory_used": (_HUGE, -1), "memory_total": (0, True),
                   "temperature": (1e300,)},
        "fold": {"fold": (0, 99), "count": (-1, 0), "accuracy_before": ("x",)},
        "finished": {"confusion": ([[1]], 5), "fold_accuracies": ([5], "x"), "spread": (math.nan,),
                     "accuracy": (None,)},
        "note": {"text": (None, "\x1b]0;x\x07", "\ud800" * 50, "x" * 200_000), "level": (5, "urgent")},
        "measured": {"mnist_before": (-1, 2)}, "loading": {"done": (-1, _HUGE), "total": (-1,)},
        "saved": {"event": ("later", 5, None), "checkpoint": (None,)},
    }  # fmt: skip
    for kind, fields in odd.items():
        for field, values in fields.items():
            for value in values:
                yield f"events.jsonl {kind} {field} {value!r:.12}", _line(by_kind[kind], field, value)


DAMAGES = dict(_damages())


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, mnist_part: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> Path:
    """The directory of a run that was stopped after its first steps, as the trainer wrote it.

    Each that is resumed reads its set again: of few images, which are digits, for noise takes five times as long.
    """
    from core.training import train as training

    folder = tmp_path_factory.mktemp("stopped")
    images, labels = mnist_part
    np.savez(folder / "set.npz", images=images[:40], labels=labels[:40])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGITS_HOME", str(folder / "home"))
        patch.setattr("core.training.probe.choose", lambda name, recipe: ([Plan("cpu", 1, "float32")], []))
        patch.setitem(RECIPES, "fast", shortened(RECIPES["fast"]))
        run = create_run(TrainingConfig(data=str(folder / "set.npz"), epochs=4))
        with RunWriter(run) as writer:
            for event in training.train(run.config(), run, stop=lambda: b"progress" in run.events.read_bytes()):
                writer.append(event)
    assert run.status() == "stopped" and run.is_resumable()
    run.log.write_text("what was printed\n")
    return run.path


def _damaged(stopped: Path, damage: Damage, name: str = DAMAGED) -> Run:
    run = Run(paths.user_checkpoints() / name)
    shutil.copytree(stopped, run.path)
    damage(run.path)
    return run


@pytest.fixture
def no_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trainer that has restored its state stops at once; its network is small, which takes a third of the time."""
    from core.training.trainer import Trainer

    monkeypatch.setitem(RECIPES, "fast", shortened(RECIPES["fast"]))
    ending = events.Stopped(epoch=1, step=1, seconds=1.0, checkpoint="")
    monkeypatch.setattr(Trainer, "events", lambda self, stop: iter([ending]))


def test_there_are_many_kinds_of_damage() -> None:
    """More than the hundred and three that were tried by hand."""
    assert len(DAMAGES) >= 150


@pytest.mark.parametrize("name", DAMAGES)
def test_commands_pass_over_the_damage(
    name: str, stopped: Path, no_steps: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """`runs`, `watch` and all lists show the run and the others; `resume` goes on or says why it cannot."""
    sound = ended_run(SOUND)
    run = _damaged(stopped, DAMAGES[name])
    assert main(["runs", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["name"] for row in rows] == [run.name, sound.name]
    assert rows[1]["status"] == "finished" and "unreadable" not in rows[1]
    shown(run)
    assert main(["runs"]) == 0
    assert main(["watch", run.name]) in (0, 1)
    capsys.readouterr()
    if name.startswith("events.jsonl") and name.count(" ") > 2:
        return  # a field of an event, which resuming does not read
    status = main(["resume", run.name])
    said = capsys.readouterr().err
    assert "defect" not in said and "Traceback" not in said
    if status:
        assert "digits-tui: " in said or "stopped at step" in said
    assert main(["runs"]) == 0
    assert run.status() in ("finished", "stopped", "failed", UNKNOWN)


class PastRunsApp(App[None]):
    """Opens the table of past runs."""

    def on_mount(self) -> None:
        self.push_screen(RunsScreen(Owners.of(self)))


def _all_damaged(stopped: Path) -> list[Run]:
    ended_run(SOUND)
    for index, damage in enumerate(DAMAGES.values()):
        _damaged(stopped, damage, f"2026-02-01-{999_999 - index}-damaged-fast")
    return list_runs()


async def test_the_table_of_past_runs_lists_them_all(stopped: Path) -> None:
    """Each with what is known of it; below stands why a run cannot be read."""
    every = _all_damaged(stopped)
    app = PastRunsApp()
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: app.screen.query_one("#runs", LongList).count == len(every) == len(DAMAGES) + 1)
        for _ in range(len(every) // 10 + 1):
            await pilot.press("pagedown")
        assert SOUND in text(app)


async def test_home_lists_them_all_and_each_can_be_opened(stopped: Path) -> None:
    """The app starts among them, and its training screen shows every twelfth; what it paints is asked of each above."""
    every = _all_damaged(stopped)
    app = DigitsApp()
    async with app.run_test(size=(120, 50)) as pilot:
        await until(
            pilot, lambda: bool(app.screen.query("#runs")) and app.screen.query_one(OptionList).option_count == 30
        )
        await until(pilot, lambda: "cannot be read" in text(app))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, TrainingScreen))
        for run in every[::12]:
            app.owners.runs.choose(run)
            await pilot.pause()
        await app.workers.wait_for_complete()
        assert app.is_running and app.owners.runs.current == every[::12][-1]
