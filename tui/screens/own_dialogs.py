"""The dialogs of the own sets: another name, a new set, out of this computer and into it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from core import paths
from core.data import own_sets
from core.data.own.own_set import LONGEST_NAME
from core.data.own_sets import OwnSet
from core.data.results import Exported, Imported
from core.errors import DataError
from core.printable import printable
from core.words import plural
from tui.processes import child
from tui.processes.child import OnProgress
from tui.screens.ask import Ask, Field

Done = Callable[[OwnSet], None]
"""Is told of the set that came out of it."""


def rename(own_set: OwnSet, done: Done) -> Ask:
    """Call a set otherwise."""

    async def attempt(values: list[str], _report: OnProgress) -> None:
        done(await asyncio.to_thread(own_sets.rename, own_set, values[0]))

    name = Field("Its new name", own_set.name, most=LONGEST_NAME)
    return Ask("Rename this set", "Its drawings stay as they are.", [name], "Rename", attempt)


def create(done: Done) -> Ask:
    """Make a set for somebody else, or for another pen."""

    async def attempt(values: list[str], _report: OnProgress) -> None:
        done(await asyncio.to_thread(own_sets.create, values[0]))

    name = Field("Its name", most=LONGEST_NAME)
    return Ask("A new set", "Each person's drawings are a data set of their own.", [name], "Make it", attempt)


def export(own_set: OwnSet, done: Callable[[str], None]) -> Ask:
    """Write a set to a folder or a file; `done` is told in words where it is."""
    proposed = str(free_path(own_set.name))

    async def attempt(values: list[str], report: OnProgress) -> None:
        path = _absolute(values[0] or proposed)
        answer = await child.ask("datasets", "--json", "--export", str(own_set.folder), path, progress=report)
        images = plural(Exported.from_json(answer).images, "drawing is", "drawings are")
        done(f"{images} now in {printable(path)}")

    explanation = "A path that ends in .npz becomes one file, any other a folder with a folder for each digit."
    return Ask("Export this set", explanation, [Field("Where to", proposed, is_path=True)], "Export", attempt)


def bring_in(done: Done) -> Ask:
    """Make what was exported, or any class folders, a further set."""

    async def attempt(values: list[str], report: OnProgress) -> None:
        given, name = values
        if not given:
            raise DataError("give the path of a folder or an .npz file")
        path = _absolute(given)
        called = f"--name={name or Path(path).stem}"
        answer = await child.ask("datasets", "--json", "--import", path, called, progress=report)
        made = await asyncio.to_thread(own_sets.at, Path(str(Imported.from_json(answer).entry.path)))
        if made is not None:
            done(made)

    fields = [
        Field("Folder or .npz file", is_path=True),
        Field("What to call it, else as the folder or file", most=LONGEST_NAME),
    ]
    explanation = "What was exported, or any folders 0 to 9 with images. Its files are copied."
    return Ask("Import a set", explanation, fields, "Import", attempt)


def free_path(name: str) -> Path:
    """A path in the working folder for a set called `name`, at which there is nothing yet."""
    plain = re.sub(r"[^\w .()+-]", "-", name).strip(" .-") or "drawings"
    try:
        folder = Path.cwd()
    except OSError:  # it was removed under us
        folder = Path.home()
    path, number = folder / plain, 2
    while path.exists():
        path, number = folder / f"{plain}-{number}", number + 1
    return path


def _absolute(path: str) -> str:
    return str(paths.expanded(path))
