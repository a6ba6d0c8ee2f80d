"""tui.screens.preload: the screens are there before they are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tui.app
from tui.app import DigitsApp
from tui.screens import preload

_LOADED = """
import sys
from tui.screens.preload import preload
preload(lambda: True)
before = set(sys.modules)
import PIL.JpegImagePlugin, PIL.PngImagePlugin
import tui.screens.checkpoints, tui.screens.guided, tui.screens.help, tui.screens.mistakes, tui.screens.training
print(sorted(set(sys.modules) - before), "numpy" in sys.modules, "torch" in sys.modules)
"""


def test_no_screen_is_left_to_import_and_torch_stays_with_the_reader() -> None:
    """In a process of its own, where nothing is imported yet."""
    done = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True)
    assert done.stdout == "[] True False\n"


def test_it_ends_between_two_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that leaving the app does not wait for the rest."""
    imported: list[str] = []
    monkeypatch.setattr(preload, "import_module", imported.append)
    preload.preload(lambda: len(imported) < 3)
    assert len(imported) == 3


async def test_the_app_does_it_after_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a thread, which is told when the app is left."""
    asked: list[bool] = []
    monkeypatch.setattr(tui.app, "_PRELOAD", 0.01)
    monkeypatch.setattr(preload, "preload", lambda goes_on: asked.append(goes_on()))
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        while not asked:
            await pilot.pause(0.01)
    assert asked == [True]
