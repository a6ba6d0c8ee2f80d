"""How the benchmarks start the program and a bare Textual app: in a pseudo-terminal, in a home of their own."""

from __future__ import annotations

import os
import platform
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from core import paths
from core.config.configuration import TrainingConfig
from core.runs import events
from core.runs.run import Run, find_run
from core.system.hardware import usable_cores
from tests.slow_line import SlowLine

_ROOT = Path(__file__).resolve().parent.parent.parent

BARE = """
from rich.segment import Segment
from textual.app import App
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

class Pad(Widget):
    drawn = set()

    def render_line(self, y):
        return Strip([Segment("#" if (x, y) in self.drawn else ".") for x in range(self.size.width)])

    def on_mouse_down(self, event):
        self.on_mouse_move(event)

    def on_mouse_move(self, event):
        if event.button:
            self.drawn.add((event.x, event.y))
            self.refresh(Region(event.x, event.y, 1, 1))

class Bare(App):
    def compose(self):
        yield Pad()

Bare().run()
"""
"""A Textual app of one widget, which paints the cell that the mouse is dragged to."""


def app_command() -> list[str]:
    """What starts the app, and with arguments behind it a command."""
    return [sys.executable, "-P", "-m", "tui"]


def bare_command() -> list[str]:
    """What starts the bare Textual app."""
    return [sys.executable, "-c", BARE]


def environment(home: Path) -> dict[str, str]:
    """With this home; modules are kept compiled, as an installation keeps them."""
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**given, "DIGITS_HOME": str(home), "PYTHONPATH": str(_ROOT), "TEXTUAL_SMOOTH_SCROLL": "0"}


def opened(command: Sequence[str], home: Path, size: tuple[int, int] = (80, 24)) -> SlowLine:
    """A program over a line without limits."""
    return SlowLine(command, environment(home), size=size)


def with_past_runs(home: Path, count: int) -> Path:
    """Make `count` finished runs in this home."""
    folder = home / "checkpoints"
    config, (began, ended) = _json(TrainingConfig().to_json()), _story()
    for number in range(count):
        moment = time.strftime("%Y-%m-%d-%H%M%S", time.gmtime(1.7e9 + 3600 * number))
        path = folder / f"{moment}-mnist-fast"
        path.mkdir(parents=True)
        (path / "config.json").write_text(config)
        (path / "events.jsonl").write_text(f"{_json(began)}\n{_json(ended)}\n")
        (path / "summary.json").write_text(_json({"status": "finished", **ended}))
        (path / "model.npz").symlink_to(paths.shipped_checkpoint())
        for name in ("state.pt", "lock"):
            (path / name).touch()
    return home


def _story() -> tuple[dict[str, object], dict[str, object]]:
    began = events.Started(
        data="mnist", recipe="fast", architecture="small", parameters=213_866, epochs=2, steps_per_epoch=228,
        batch_size=256, train_count=58_200, validation_count=1_800, test_count=10_000, device="cpu",
        device_name="Two cores", threads=2, precision="bfloat16", seed=7, test_note="MNIST's test set", time=0.0,
    )  # fmt: skip
    ended = events.Finished(
        test_accuracy=0.9923, test_loss=0.031, test_count=10_000, validation_accuracy=0.992,
        best_validation_accuracy=0.992, best_epoch=2, seconds=7.2, checkpoint="model.npz", time=0.0,
    )  # fmt: skip
    return began.to_json(), ended.to_json()


def _json(data: object) -> str:
    import json

    return json.dumps(data)


class Training:
    """A context manager: `fast` trains in the background, as the app starts it, for as long as the block lasts."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __enter__(self) -> Run:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # or the training would outlive whoever ends this
        command = [sys.executable, "-P", "-m", "core", "train", "--recipe", "fast", "--epochs", "1000", "--detach"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment(self._home))
        self._run = find_run(str(self._home / "checkpoints" / done.stdout.strip()))
        try:
            while b'"progress"' not in self._written():
                if not self._run.is_running():
                    raise SystemExit(f"the training ended at once: {self._written().decode()[-400:]}")
                time.sleep(0.1)
        except BaseException:
            self.__exit__()
            raise
        return self._run

    def __exit__(self, *_: object) -> None:
        self._run.request_stop()
        while self._run.is_running():
            time.sleep(0.1)

    def _written(self) -> bytes:
        return self._run.events.read_bytes() if self._run.events.exists() else b""


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that so many per cent do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]


def median(values: Sequence[float]) -> float:
    """NaN where there is none."""
    return statistics.median(values) if values else float("nan")


def machine() -> str:
    """The versions and the cores, for the head of a table."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    textual = version("textual")
    return f"Python {platform.python_version()}, Textual {textual}, {usable_cores()} cores, load {load} at the start"
