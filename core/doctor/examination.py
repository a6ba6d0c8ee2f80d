"""The sections of the report, one after the other, those that need torch last. Prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.doctor import (
    data_files,
    devices,
    folders,
    leftovers,
    own_drawings,
    run_files,
    saved_states,
    shipped,
    terminal,
    user_folders,
    versions,
)
from core.doctor.diagnosis import Examined, Remedy, Section, note, problem
from core.doctor.path_text import path_text, remedy, without_home
from core.doctor.questions import TerminalQuestions
from core.errors import DigitsError
from core.words import plural

Report = Callable[[int, int, str], None]
"""Is told how many of how many are done, and what they are."""


_INSTALL = Remedy("Install digits-tui and its packages again:", "python -m pip install --force-reinstall digits-tui")


def examine(report: Report, quick: bool = False) -> Iterator[Section]:
    """Each section as soon as it is there. `quick` opens no drawing, no cache and no weights but the shipped ones."""
    with TerminalQuestions() as questions:
        yield _section("Terminal", lambda: terminal.examine(questions))
        yield _section("Versions", versions.examine)
        yield _section("Folders", folders.examine)
        yield _section("What came with the program", shipped.examine)
        yield _section("Your files", lambda: _your_files(report, quick))
        yield _section("Devices", devices.examine)
        if not quick:
            yield _section("States to resume from", lambda: _states(report))


def _your_files(report: Report, quick: bool) -> Section:
    special = user_folders.special_files()
    folders = [] if special else data_files.catalogued_folders()
    if special := [*special, *user_folders.special_journals(folders)]:
        words = f"{plural(len(special), 'pipe or device stands', 'pipes or devices stand')} in the place of files"
        mend = remedy("Remove them; all else is looked at when they are gone", "rm", special)
        return Section("Your files", (problem("files", words, mend, [path_text(each) for each in special]),))
    parts: dict[str, Callable[[], list[Examined]]] = {
        "runs": lambda: run_files.examine(report, quick),
        "drawings": lambda: own_drawings.examine(report, quick),
        "data": lambda: data_files.examine(report, quick),
        "leftovers": lambda: leftovers.examine(folders),
    }
    return Section("Your files", tuple(line for name, part in parts.items() for line in _seen(name, part)))


def _states(report: Report) -> Section:
    if user_folders.special_files():
        return Section("States to resume from", (note("state.pt", "not looked at, see your files"),))
    return saved_states.examine(report)


def _seen(name: str, part: Callable[[], list[Examined]]) -> list[Examined]:
    """The lines of `part`; that it may not be looked at, if the system refuses."""
    try:
        return part()
    except OSError as error:
        place = path_text(error.filename or name)
        mend = Remedy("Make your files yours to read and write; the section on folders says how.")
        return [problem(name, f"cannot be looked at: {place}: {error.strerror}", mend)]


def _section(title: str, make: Callable[[], Section]) -> Section:
    """The section; one that cannot be made, since a package or the home folder is missing, says so."""
    try:
        return make()
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "core":
            raise  # a mistake of ours, or a file of the program that is missing
        words = f"cannot be examined: {without_home(str(error))}"
        return Section(title, (problem("packages", words, _INSTALL),))
    except DigitsError as error:
        return Section(title, (note("home", f"cannot be examined: {without_home(str(error))}"),))
