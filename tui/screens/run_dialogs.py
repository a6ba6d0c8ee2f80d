"""The dialogs of the list of runs: name one, note something about it, write the list as a table."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from core import paths
from core.printable import printable
from core.runs import label, naming, run_table
from core.runs.label import LONGEST_NOTE, LONGEST_TITLE
from core.runs.outline import RunOutline
from core.words import plural
from tui.processes.child import OnProgress
from tui.screens.ask import Ask, Field
from tui.screens.free_path import free_path

Done = Callable[[str], None]
"""Called with a sentence that says what was done."""


def rename(outline: RunOutline, done: Done) -> Ask:
    """Give a run a title."""

    async def attempt(values: list[str], _report: OnProgress) -> None:
        await asyncio.to_thread(naming.rename, outline.run, values[0])
        done(f"It is called {values[0]} now." if values[0] else "It has its own name again.")

    explanation = f"Its folder stays {printable(outline.run.name)}. Commands know both names. Empty takes it back."
    field = Field("Title", outline.label.title, most=LONGEST_TITLE)
    return Ask("Rename this run", explanation, [field], "Rename", attempt)


def note(outline: RunOutline, done: Done) -> Ask:
    """Note something about a run."""

    async def attempt(values: list[str], _report: OnProgress) -> None:
        await asyncio.to_thread(label.write_note, outline.run.path, values[0])
        done("Noted." if values[0] else "The note is gone.")

    field = Field("Note", outline.label.note, most=LONGEST_NOTE)
    return Ask(f"Note on {outline.title}", "What should be remembered of this run?", [field], "Keep", attempt)


def export(outlines: Sequence[RunOutline], done: Done) -> Ask:
    """Write the runs that are listed, in that order."""
    proposed = str(free_path("runs", ".csv"))

    async def attempt(values: list[str], _report: OnProgress) -> None:
        path = paths.expanded(values[0] or proposed)
        await asyncio.to_thread(run_table.write, path, outlines)
        done(f"{plural(len(outlines), 'run')} written to {printable(str(path))}.")

    explanation = "One line for each run that is listed, comma-separated, for a spreadsheet."
    return Ask("Write a table", explanation, [Field("File", proposed, is_path=True)], "Write", attempt)
