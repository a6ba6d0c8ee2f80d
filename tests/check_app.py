"""A folder with known faults, what its check-up answers, and an app that opens that."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_core import install
from layout import text, until
from numpy.typing import NDArray
from PIL import Image
from textual.pilot import Pilot

import tui.app
from core.checkup.finding import label_of
from core.data import amendments
from core.system import children
from tui.app import DigitsApp
from tui.screens.check import CheckScreen
from tui.widgets.check.before_after import BeforeAfter
from tui.widgets.check.findings import Findings


def digit_one(height: int = 100, width: int = 100) -> NDArray[np.uint8]:
    """(height, width): a dark upright stroke on white paper."""
    pixels = np.full((height, width), 255, np.uint8)
    pixels[height // 5 : height * 4 // 5, width * 9 // 20 : width * 11 // 20] = 0
    return pixels


def filled(place: Path, part: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> Path:
    """Twelve images of each of 0 to 3 in `place`, dark on white; one file that is no image, and one that is blank."""
    drawn, labels = part
    for label in range(4):
        (place / str(label)).mkdir(parents=True)
        for number, pixels in enumerate(drawn[labels == label][:12]):
            large = 255 - pixels.repeat(3, axis=0).repeat(3, axis=1)
            Image.fromarray(large).save(place / str(label) / f"{number:02}.png")
    (place / "2" / "notes.png").write_bytes(b"GIF89a and no more")
    Image.fromarray(np.full((40, 40), 255, np.uint8)).save(place / "3" / "blank.png")
    return place


def named(
    path: str, detail: str = "", other: str | None = None, suggested: int | None = None, label: int | None = None
) -> dict[str, Any]:
    """A file of a finding, as the child names it."""
    digit = label_of(path) if label is None else label
    return {"path": path, "label": digit, "detail": detail, "other": other, "suggested": suggested}


def found(kind: str, severity: str, title: str, files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A finding, as the child names it."""
    return {
        "kind": kind,
        "severity": severity,
        "title": title,
        "meaning": f"What {kind} means for learning.",
        "action": f"What is done about {kind}.",
        "files": list(files),
    }


FINDINGS = [
    found("conflicting", "problem", "The same image in two classes", [named("1/03.png", "identical", "0/03.png")]),
    found(
        "suspect",
        "warning",
        "20 labels that are probably wrong",
        [named(f"{label}/{number:02}.png", "read as 8, 97%", suggested=8) for label in (3, 1) for number in range(10)],
    ),
    found("unreadable", "warning", "Files that cannot be read", [named("2/notes.png"), named("3/blank.png")]),
    found("missing", "hint", "Digits without images", []),
]
ANSWER = {
    "folder": "mine",
    "images": 50,
    "counts": [12, 12, 13, 13, 0, 0, 0, 0, 0, 0],
    "findings": FINDINGS,
    "amendments": [],
    "notes": ["A note about the folder."],
}


def told(monkeypatch: pytest.MonkeyPatch, folder: Path, *steps: Mapping[str, Any]) -> list[str]:
    """Have the child that checks `folder` say this; by default the ANSWER."""
    said = list(steps or [ANSWER])
    return install(monkeypatch, {f"check {folder} --json --quick": said, f"check {folder} --json": list(said)})


def child_of(monkeypatch: pytest.MonkeyPatch, program: str, *arguments: str) -> None:
    """Have the child be this program."""
    command = [sys.executable, "-I", "-S", "-c", program, *arguments]
    monkeypatch.setattr(children, "command", lambda *_: command)


def contents(folder: Path) -> dict[Path, bytes]:
    """The folder's images, byte by byte."""
    return {path: path.read_bytes() for path in folder.rglob("*.png")}


def notices(app: DigitsApp) -> str:
    """What was said in passing."""
    return "\n".join(each.message for each in app._notifications)


class CheckApp(DigitsApp):
    """Opens the check-up of a folder and keeps what it answers."""

    CSS_PATH = str(Path(tui.app.__file__).with_name("app.tcss"))

    def __init__(self, folder: Path, title: str = "mine") -> None:
        super().__init__()
        self._folder = folder
        self._title = title
        self.answers: list[bool | None] = []

    def on_mount(self) -> None:
        """Textual calls the app's own as well."""
        self.push_screen(CheckScreen(self._folder, self._title), self.answers.append)


async def opened(pilot: Pilot[Any], *, checked: bool = True) -> CheckScreen:
    """The screen, once the check has ended."""
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, CheckScreen)
    if checked:
        await until(pilot, lambda: screen.query_one(Findings).option_count and "checking …" not in text(pilot.app))
    await pilot.pause()
    return screen


async def open_images(pilot: Pilot[Any], row: int) -> BeforeAfter:
    """The images of the finding in this row, decoded."""
    screen = await opened(pilot)
    await pilot.press("home", *["down"] * row, "enter")
    await pilot.pause()
    grid = screen.query_one(BeforeAfter)
    await decoded(pilot, grid)
    return grid


async def decoded(pilot: Pilot[Any], grid: BeforeAfter) -> None:
    """Wait until every visible image is there."""
    page = grid.pictures[grid.first : grid.first + grid.cards.count]
    paths = [path for picture in page for path in (picture.path, picture.other) if path is not None]
    await until(pilot, lambda: all(grid._looks.get(path) is not None for path in paths))
    await pilot.pause()


def decisions(folder: Path) -> dict[str, int | None]:
    """What is kept about the folder's images."""
    return {path: each.label for path, each in amendments.read(folder).items()}
