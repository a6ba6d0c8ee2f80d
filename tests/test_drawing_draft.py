"""The drawing on the pad outlives a crash and quitting, in each of several windows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from drawn import ink

from core.drawing import draft
from core.errors import DataError
from core.system import children

_WINDOW = """
import sys
sys.path[:0] = [sys.argv[1]]
from drawn import ink
from core.drawing import draft
found = draft.load()
print(found and len(found[2]), flush=True)
if sys.argv[2] != "-":
    draft.save(44, 60, ink(int(sys.argv[2])).strokes)
print("saved", flush=True)
sys.stdin.read()
"""


def window(digit: str) -> subprocess.Popen[str]:
    """A program that says how many strokes it found, draws this digit, and stays open until it is killed."""
    return subprocess.Popen(
        [sys.executable, "-c", _WINDOW, str(Path(__file__).parent), digit],
        env=children.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(program: subprocess.Popen[str]) -> str:
    """What it found, once it has saved."""
    assert program.stdout is not None
    found = program.stdout.readline().strip()
    assert program.stdout.readline().strip() == "saved"
    return found


def crash(program: subprocess.Popen[str]) -> None:
    """Without a chance to write anything."""
    program.kill()
    program.communicate()


def test_what_was_saved_comes_back(home: Path) -> None:
    """Canvas and strokes, to the last figure; the newest in place of the one before."""
    assert draft.load() is None
    draft.save(44, 60, ink(3).strokes)
    draft.save(88, 120, ink(4, 1 / 3).strokes)
    assert draft.load() == (88, 120, ink(4, 1 / 3).strokes)


def test_what_was_kept_or_wiped_does_not_come_back(home: Path) -> None:
    """Forgetting twice is no error, and an empty canvas is one that was wiped."""
    draft.save(44, 60, ink(3).strokes)
    draft.forget()
    draft.forget()
    assert draft.load() is None
    draft.save(44, 60, ink(3).strokes)
    draft.save(44, 60, ())
    assert draft.load() is None


def test_a_crash_loses_nothing(home: Path) -> None:
    """The next window finds the drawing of the one that was killed."""
    first = window("4")
    assert said(first) == "None"
    crash(first)
    second = window("-")
    assert said(second) == "3"  # the two strokes of a 4 and the eraser's
    crash(second)


def test_two_windows_have_a_draft_each(home: Path) -> None:
    """The second does not see the first's, and after both crashed each is found again, one after the other."""
    first, second = window("4"), None
    try:
        assert said(first) == "None"
        second = window("1")
        assert said(second) == "None"
    finally:
        crash(first)
        if second is not None:
            crash(second)
    assert sorted(len(found[2]) for found in (draft.load(), _after_forgetting()) if found) == [2, 3]
    assert _after_forgetting() is None


def _after_forgetting() -> tuple[int, int, tuple[object, ...]] | None:
    draft.forget()
    return draft.load()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"[]",
        b'{"width": 4}',
        b'{"width": 4, "height": 0, "strokes": []}',
        b'{"width": 4, "height": 4, "strokes": [{"points": [[1, NaN]], "radius": 1, "erasing": false}]}',
        b'{"width": 4, "height": 4, "strokes": [{"points": [[1, 2]], "radius": -1, "erasing": false}]}',
        b'{"width": 4, "height": 4, "strokes": [{"points": [[1, 2]], "radius": 1' + b"0" * 999 + b"}]}",
    ],
)
def test_a_damaged_draft_is_none(home: Path, content: bytes) -> None:
    """The pad is empty then, and the next drawing takes its place."""
    draft.save(44, 60, ink(3).strokes)
    (file,) = (home / "data" / "drafts").glob("*.json")
    file.write_bytes(content)
    assert draft.load() is None
    draft.save(44, 60, ink(3).strokes)
    assert draft.load() is not None


def test_a_folder_that_cannot_be_written_is_an_error_in_words(home: Path) -> None:
    """Here a file lies where the drafts should be."""
    (home / "data").mkdir(parents=True)
    (home / "data" / "drafts").write_text("in the way")
    with pytest.raises(DataError, match="cannot be kept in"):
        draft.save(44, 60, ink(3).strokes)
