"""What a person calls a run, and what they have noted about it: `label.json` in its directory. Knows no torch."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from core.errors import RunError
from core.system import atomic, damaged_file, json_file, lock

LONGEST_TITLE = 40
LONGEST_NOTE = 400
_FILE = "label.json"
_TITLE, _NOTE = "title", "note"


@dataclass(frozen=True)
class RunLabel:
    """The two texts, each on one line and fit to be shown; empty if there is none."""

    title: str = ""
    """Shown instead of the run's name, and as good as that in commands."""
    note: str = ""
    trouble: str = ""
    """Why the file cannot be read in full; empty if it can."""


def read(run: Path) -> RunLabel:
    """The label in a run directory, as far as it can be read."""
    try:
        found = json_file.load(run / _FILE)
    except FileNotFoundError:
        return RunLabel()
    except (OSError, ValueError) as error:
        return RunLabel(trouble=getattr(error, "strerror", None) or str(error))
    texts, damaged = {}, []
    for name, most in ((_TITLE, LONGEST_TITLE), (_NOTE, LONGEST_NOTE)):
        text = found.get(name, "")
        fits = isinstance(text, str) and text.isprintable() and len(text) <= most
        texts[name] = text.strip() if fits else ""
        if not fits:
            damaged.append(name)
    return RunLabel(texts[_TITLE], texts[_NOTE], f"its {' and '.join(damaged)} cannot be shown" if damaged else "")


def write_title(run: Path, title: str) -> None:
    """Call the run so from now on; an empty title takes it back. Raises RunError as `write_note` does.

    `naming.rename` is what also looks at other runs.
    """
    _write(run, _TITLE, _checked(title, "title", LONGEST_TITLE))


def write_note(run: Path, note: str) -> None:
    """Keep the note; an empty one removes it.

    Raises RunError if it is too long, if it has a character that cannot be shown, or if it cannot be written, and
    DataError if another program keeps its folder locked.
    """
    _write(run, _NOTE, _checked(note, "note", LONGEST_NOTE))


def _checked(text: str, what: str, most: int) -> str:
    text = text.strip()
    if len(text) > most:
        raise RunError(f"the {what} has {len(text):,} characters; at most {most} can be kept: shorten it")
    if not text.isprintable():
        raise RunError(f"the {what} {text!r:.80} has a character that cannot be shown; leave it out")
    return text


def _write(run: Path, name: str, text: str) -> None:
    file = run / _FILE
    try:
        # Not the run's own lock, which a training holds; two programs that label one run take turns.
        with lock.locked_if_possible(run, make=False):
            kept = _kept(file)
            kept[name] = text
            atomic.write_text(file, json.dumps(kept, indent=1) + "\n")
    except FileNotFoundError:
        raise RunError(f"{run.name} is gone; its {name} cannot be kept") from None
    except OSError as error:
        raise RunError(
            f"the {name} cannot be kept in {file}: {error.strerror or error}. "
            "Free some space there, or make the folder writable."
        ) from error


def _kept(file: Path) -> dict[str, object]:
    """What the file holds, with what a later version wrote; a damaged file is set aside, as a note may be in it."""
    try:
        return json_file.load(file)
    except FileNotFoundError:
        return {}
    except ValueError:
        if os.path.lexists(file):
            damaged_file.set_aside(file)
        return {}
