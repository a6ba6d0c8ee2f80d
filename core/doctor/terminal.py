"""The terminal: its size, colours and encoding, what lies between it and the program, and what it answers."""

from __future__ import annotations

import codecs
import io
import os
import shutil
import sys
from collections.abc import Iterator
from typing import TextIO

from core.doctor.diagnosis import Examined, Remedy, Section, fine, note, problem
from core.doctor.questions import MOUSE, PATIENCE, RESIZES, SYNCHRONISED, TerminalAnswers, TerminalQuestions
from core.doctor.terminal_size import LEAST_COLUMNS, LEAST_ROWS

_COLOURS = {"truecolor": "16.7 million", "256": "256", "standard": "16"}
"""By rich's name for them."""
_MODES = {
    MOUSE: ("mouse", "draw with the arrow keys if it does not work"),
    SYNCHRONISED: ("sync output", "the screen may flicker"),
    RESIZES: ("resizing", "a signal tells of it"),
}
"""Of each mode its name in the report, and what follows if the terminal lacks it."""
_SLOW = 0.3
"""Seconds from which an answer is worth a note."""


def examine(questions: TerminalQuestions) -> Section:
    """All of it. Asks the terminal if standard input and output both are one, for two seconds at most."""
    streams = {"standard input": sys.stdin, "standard output": sys.stdout}
    missing = next((name for name, stream in streams.items() if not _is_terminal(stream)), None)
    if missing is not None:
        words = f"{missing} is no terminal, so that its size is unknown and it is asked nothing"
        return Section("Terminal", (note("terminal", words), *_environment(False)))
    columns, rows = shutil.get_terminal_size((0, 0))
    overridden = any(os.environ.get(name, "").isdecimal() for name in ("COLUMNS", "LINES"))
    return Section("Terminal", (_size(columns, rows, overridden), *_environment(True), *_asked(questions)))


def _size(columns: int, rows: int, overridden: bool) -> Examined:
    """The line on the terminal's size; `overridden` if the environment says it, not the terminal."""
    says = ", as the variables COLUMNS and LINES say" if overridden else ""
    words = f"{columns}×{rows}{says}"
    if columns >= LEAST_COLUMNS and rows >= LEAST_ROWS:
        return fine("size", words)
    least = f"{LEAST_COLUMNS}×{LEAST_ROWS}"
    mend = Remedy(f"Enlarge the terminal to {least}.")
    if overridden:
        mend = Remedy("Let the terminal say its size:", "unset COLUMNS LINES")
    return problem("size", f"{words}; the app needs {least}", mend)


def _environment(terminal: bool) -> Iterator[Examined]:
    """What the environment says of it."""
    kind = os.environ.get("TERM", "")
    if kind in ("", "dumb", "unknown"):
        words = f"TERM is {kind}: no screen can be shown there" if kind else "TERM is not set"
        mend = Remedy("Use a terminal that shows screens; if this one does, say so:", "export TERM=xterm-256color")
        yield problem("kind", words, mend) if terminal else note("kind", words)
    else:
        yield fine("kind", f"TERM={kind}")
    yield _colours()
    yield _encoding()
    between = [name for variable, name in (("TMUX", "tmux"), ("STY", "GNU screen")) if os.environ.get(variable)]
    between += ["SSH"] if os.environ.get("SSH_CONNECTION") else []
    if between:
        yield fine("in between", " and ".join(between))


def _colours() -> Examined:
    if os.environ.get("NO_COLOR"):
        return note("colours", "none, since NO_COLOR is set")
    try:
        from rich.console import Console  # which the app asks too
    except ImportError:
        return note("colours", "unknown, since rich cannot be imported")
    found = Console(file=io.StringIO(), force_terminal=True).color_system
    said = os.environ.get("COLORTERM", "")
    why = f"COLORTERM={said}" if said else "COLORTERM is not set"
    if found is None:
        return note("colours", "none, as TERM says")
    return fine("colours", f"{_COLOURS.get(found, found)} ({why})")


def _encoding() -> Examined:
    name = getattr(sys.stdout, "encoding", None) or "unknown"
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = name
    if known == "utf-8":
        return fine("encoding", "UTF-8")
    locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    mend = Remedy("Choose a UTF-8 locale:", f"unset PYTHONIOENCODING; export LC_ALL={locale}")
    return problem("encoding", f"{name}; lines and bars are drawn with characters of UTF-8", mend)


def _asked(questions: TerminalQuestions) -> Iterator[Examined]:
    """What it answers."""
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown"):
        yield note("answers", "not asked: a terminal of this kind shows what it is asked")
        return
    found = questions.ask()
    if isinstance(found, str):
        yield note("answers", f"not asked: {found}")
        return
    yield _answer_time(found)
    for mode, (name, without) in _MODES.items():
        match found.modes.get(mode):
            case True:
                yield fine(name, f"the terminal knows mode {mode}")
            case False:
                yield note(name, f"the terminal does not know mode {mode}; {without}")
            case None:
                yield note(name, f"the terminal does not say whether it knows mode {mode}; {without}")


def _answer_time(found: TerminalAnswers) -> Examined:
    if found.seconds is None:
        return note("answers", f"none in {PATIENCE:g} s; how far away the terminal is stays unknown")
    milliseconds = f"after {found.seconds * 1000:,.0f} ms"
    if found.seconds > _SLOW:
        return note("answers", f"{milliseconds}: a slow line; over it fewer frames are painted")
    return fine("answers", f"{milliseconds}" + (f" (attributes {found.attributes})" if found.attributes else ""))


def _is_terminal(stream: TextIO | None) -> bool:
    """False also for a stream that is closed or was never there."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False
