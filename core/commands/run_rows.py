"""A run as a line of text, and as a JSON object."""

from __future__ import annotations

from typing import Any

from core.printable import printable
from core.runs.ending import status_of
from core.runs.run import FINISHED, RUNNING, STOPPED, Run
from core.words import percent, plural


def row_of(run: Run) -> dict[str, Any]:
    """All that is known without reading its events."""
    running = run.is_running()  # asked before the ending is read, so that one that comes meanwhile is not missed
    ending = None if running else run.ending()
    status = status_of(ending, running)
    resumable = status not in (RUNNING, FINISHED)
    label = run.label
    row = {"name": run.name, "status": status, "resumable": resumable, "path": str(run.path)}
    row |= {name: text for name, text in (("title", label.title), ("note", label.note)) if text}
    if ending is not None and ending.event is not None:
        row = {"status": status, **ending.event.to_json(), **row}
    elif ending is None and status == STOPPED:
        row["killed"] = run.sudden_end()
    return {**row, "unreadable": trouble} if (trouble := run.trouble(ending)) else row


def result(row: dict[str, Any]) -> str:
    """What came out, or why nothing did, from what `row_of` returned."""
    if "unreadable" in row:
        return f"cannot be read: {row['unreadable']}"
    if (accuracy := row.get("test_accuracy")) is not None:
        return f"{percent(accuracy)} of {plural(row['test_count'], 'test image')}, {row['seconds']:.1f} s"
    error = str(row.get("error", row.get("killed", ""))).partition("\n")[0]
    how = f"go on with: digits-tui resume {printable(row['name'])}" if row["resumable"] else ""
    return "; ".join(filter(None, (error, how)))
