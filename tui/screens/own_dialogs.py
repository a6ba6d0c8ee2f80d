"""The dialogs of the own sets: rename, create, export and import."""

from __future__ import annotations

import asyncio
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
from tui.screens.free_path import free_path

Done = Callable[[OwnSet], None]
"""Called with the resulting set."""


def rename(own_set: OwnSet, done: Done) -> Ask:
    """Rename a set."""

    async def attempt(values: list[str], _report: OnProgress) -> None:
        done(await asyncio.to_thread(own_sets.rename, own_set, values[0]))

    name = Field("New name", own_set.name, most=LONGEST_NAME)
    return Ask("Rename this set", "Its drawings do not change.", [name], "Rename", attempt)


def create(done: Done) -> Ask:
    """Create a set, for another person or another pen."""

    async def attempt(values: list[str], _report: OnProgress) -> None:
        done(await asyncio.to_thread(own_sets.create, values[0]))

    name = Field("Name", most=LONGEST_NAME)
    return Ask("New set", "Each person's drawings are a data set of their own.", [name], "Create", attempt)


def export(own_set: OwnSet, done: Callable[[str], None]) -> Ask:
    """Write a set to a folder or a file; `done` is called with a sentence that says where."""
    proposed = str(free_path(own_set.name))

    async def attempt(values: list[str], report: OnProgress) -> None:
        path = _absolute(values[0] or proposed)
        answer = await child.ask("datasets", "--json", "--export", str(own_set.folder), path, progress=report)
        drawings = plural(Exported.from_json(answer).images, "drawing")
        done(f"Exported {drawings} to {printable(path)}.")

    explanation = "A path that ends in .npz makes one file, any other path a folder with a subfolder for each digit."
    return Ask("Export this set", explanation, [Field("Export to", proposed, is_path=True)], "Export", attempt)


def bring_in(done: Done) -> Ask:
    """Import an exported set, or any class folders, as a new set."""

    async def attempt(values: list[str], report: OnProgress) -> None:
        given, name = values
        if not given:
            raise DataError("enter the path of a folder or an .npz file")
        path = _absolute(given)
        called = f"--name={name or Path(path).stem}"
        answer = await child.ask("datasets", "--json", "--import", path, called, progress=report)
        made = await asyncio.to_thread(own_sets.at, Path(str(Imported.from_json(answer).entry.path)))
        if made is not None:
            done(made)

    fields = [
        Field("Folder or .npz file", is_path=True),
        Field("Name (if empty, the name of the folder or file)", most=LONGEST_NAME),
    ]
    explanation = "An exported set, or any folder with image folders 0 to 9. The files are copied."
    return Ask("Import a set", explanation, fields, "Import", attempt)


def _absolute(path: str) -> str:
    return str(paths.expanded(path))
