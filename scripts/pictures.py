"""Takes the pictures of the README and of the docs, which are in `docs/`: the app exports its own screens as SVG.

    python -m scripts.pictures   (in the checkout's folder)

Trains with the `fast` and the `glass` recipe in a temporary folder, and draws a 2 with the pad's own strokes. The
check-up is of MNIST images with a few deliberate faults.
"""

from __future__ import annotations

import asyncio
import math
import os
import subprocess
import tempfile
from pathlib import Path

_SIZE = (100, 30)
_FOLDER = Path(__file__).resolve().parent.parent / "docs"


def _two() -> list[tuple[float, float]]:
    """The path of a 2 in a unit square."""
    arc = [(0.5 - 0.25 * math.cos(turn), 0.37 - 0.2 * math.sin(turn)) for turn in _steps(0, 1.15 * math.pi, 24)]
    return [*arc, (0.27, 0.82), (0.76, 0.8)]


def _steps(start: float, end: float, count: int) -> list[float]:
    return [start + (end - start) * step / count for step in range(count + 1)]


def _faulty(folder: Path) -> Path:
    """A folder of a hundred MNIST digits: one in the wrong class, one twice, one clipped, one with a wrong suffix."""
    from PIL import Image

    from core.data import mnist

    _, test = mnist.load()
    for digit in range(10):
        place = folder / str(digit)
        place.mkdir(parents=True)
        for number, index in enumerate((test.labels == digit).nonzero()[0][:10]):
            Image.fromarray(255 - test.images[index]).resize((84, 84)).save(place / f"{number}.png")
    (folder / "4" / "5.png").rename(folder / "9" / "four.png")
    (folder / "7" / "again.png").write_bytes((folder / "7" / "3.png").read_bytes())
    (folder / "2" / "1.png").rename(folder / "2" / "1.jpg")
    with Image.open(folder / "3" / "2.png") as image:
        image.crop((0, 22, 84, 84)).save(folder / "3" / "2.png")
    return folder


async def _take(folder: Path) -> None:
    from core.runs.run import list_runs
    from tui.app import DigitsApp
    from tui.screens.check import CheckScreen
    from tui.screens.comparison import ComparisonScreen
    from tui.screens.mistakes import MistakesScreen
    from tui.screens.run_comparison import RunComparisonScreen
    from tui.state.requests import OpenRun
    from tui.widgets.drawing.pad import Pad

    app = DigitsApp()
    async with app.run_test(size=_SIZE) as pilot:

        async def save(name: str, seconds: float) -> None:
            await pilot.pause(seconds)  # time for the child processes of the screen
            app.save_screenshot(str(_FOLDER / f"{name}.svg"))

        await save("home", 2)
        await pilot.press("d")
        await save("data", 6)
        glass, fast = list_runs()
        app.post_message(OpenRun(fast))
        await save("training", 3)
        await pilot.press("p")
        await pilot.pause(6)
        pad = app.screen.query_one(Pad)
        path = [(x * pad.ink.width, y * pad.ink.height) for x, y in _two()]
        pad.ink.press(*path[0])
        for point in path[1:]:
            pad.ink.drag(*point)
        pad.ink.lift()
        pad.action_undo()
        pad.action_redo()  # as if it had been drawn on the pad
        await save("drawing", 2)
        await pilot.press("v")
        await save("inside", 4)
        await pilot.press("full_stop", "full_stop", "full_stop", "full_stop", "full_stop", "full_stop")
        await save("why", 4)
        await pilot.press("full_stop")
        await save("flip", 15)
        await pilot.press("full_stop")
        await save("like", 10)
        await pilot.press("comma", "comma")
        app.owners.model.use(glass.model)
        await save("glass", 12)
        app.owners.model.use(None)
        app.push_screen(MistakesScreen(fast.model, "mnist"))
        await pilot.pause(30)
        await pilot.press("enter")
        await save("mistakes", 1)
        await pilot.press("escape", "escape")
        app.push_screen(ComparisonScreen(fast.model, glass.model, "mnist"))
        await save("networks", 45)
        await pilot.press("escape")
        app.push_screen(RunComparisonScreen(app.owners.runs, {fast: 0, glass: 1}))
        await pilot.pause(2)
        await pilot.press("right")
        await save("runs", 1)
        await pilot.press("escape", "escape")
        app.post_message(OpenRun(glass))
        await save("weights", 4)
        app.push_screen(CheckScreen(folder, "my digits"))
        await pilot.pause(45)
        await pilot.press("enter")
        await save("check", 3)
    # The last children end a moment after the app; their pipes are closed by the loop that opened them.
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)


def main() -> None:
    """Train, then take all pictures."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["DIGITS_HOME"] = os.environ["PWD"] = home  # paths are shown relative to the current folder
        os.environ["TEXTUAL_SMOOTH_SCROLL"] = "0"
        from core.runs.run import list_runs
        from core.system.children import command, environment

        for recipe, epochs in (("fast", 2), ("glass", 12)):
            asked = "train", "--recipe", recipe, "--epochs", str(epochs)
            subprocess.run(command(*asked), env=environment(), check=True)
        names = ", ".join(run.name for run in list_runs())
        print(f"pictures of {names} in {_FOLDER.name}/")
        asyncio.run(_take(_faulty(Path(home) / "digits")))


if __name__ == "__main__":
    main()
