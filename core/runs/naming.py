"""Gives runs titles that tell them apart. Knows no torch."""

from __future__ import annotations

from core import paths
from core.errors import RunError
from core.runs import label
from core.runs.run import LAST, Run, list_runs
from core.system import lock


def rename(run: Run, title: str) -> None:
    """Call the run `title` in lists and commands; its directory keeps its name. An empty title takes it back.

    Raises RunError if the title cannot be shown, means something else in a command, or is another run's, and DataError
    if another program keeps the titles locked.
    """
    title = title.strip()
    try:
        # Two programs that choose the same title at the same moment take turns.
        with lock.locked_if_possible(paths.user_checkpoints() / "titles.lock"):
            _check(run, title)
            label.write_title(run.path, title)
    except OSError as error:
        raise RunError(f"{run.name} cannot be renamed: {error.strerror}. Free some space there.") from error


def _check(run: Run, title: str) -> None:
    if title.casefold() == LAST or "/" in title:
        raise RunError(f"the title is {title!r}; a command would take that for something else: choose another one")
    for other in list_runs():
        if title and other != run and title.casefold() in (other.name.casefold(), other.label.title.casefold()):
            raise RunError(f"there is already a run called {title}: {other.name}; choose another title")
