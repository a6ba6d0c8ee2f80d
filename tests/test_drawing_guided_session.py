"""The guided session: its order, its progress, and what of it survives."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from core.drawing.guided_session import FILE, GuidedSession, unfinished
from core.errors import DataError


@pytest.mark.parametrize("seed", range(20))
def test_every_digit_is_asked_for_as_often_and_never_twice_in_a_row(seed: int) -> None:
    """And after each ten all ten were, so that whoever leaves early has a balanced set."""
    session = GuidedSession.new(5, seed)
    assert Counter(session.left) == dict.fromkeys(range(10), 5)
    assert all(before != after for before, after in pairwise(session.left))
    assert all(sorted(session.left[start : start + 10]) == list(range(10)) for start in range(0, 50, 10))


def test_the_order_is_random() -> None:
    """Two sessions differ."""
    assert GuidedSession.new(3, 1).left != GuidedSession.new(3, 2).left


def test_it_counts_what_was_kept() -> None:
    """From the first to the last, after which nothing is asked for."""
    session = GuidedSession.new(1, 0)
    for number in range(1, 11):
        assert (session.number, session.total) == (number, 10) and session.digit is not None
        session = session.kept(f"drawing-{number}", session.digit)
    assert session.digit is None and len(session.done) == 10


def test_another_digit_than_the_one_asked_for_leaves_that_one_due() -> None:
    """Whoever draws something else meanwhile has not done it."""
    session = GuidedSession.new(1, 0)
    assert session.digit is not None
    assert session.kept("x", (session.digit + 1) % 10) == session


def test_what_is_taken_back_is_asked_for_again() -> None:
    """Unless it was kept before the session."""
    begun = GuidedSession.new(2, 0)
    assert begun.digit is not None
    later = begun.kept("mine", begun.digit)
    assert later.taken_back("another", 3) == later
    assert later.taken_back("mine", begun.digit) == begun


def test_what_is_skipped_comes_last() -> None:
    """All others first, and nothing is lost."""
    session = GuidedSession.new(1, 0)
    skipped = session.skipped()
    assert skipped.left[-1] == session.digit and sorted(skipped.left) == sorted(session.left)
    assert skipped.number == session.number


def test_it_is_found_again(tmp_path: Path) -> None:
    """Where it was left; not when all is drawn."""
    session = GuidedSession.new(1, 0)
    assert session.digit is not None
    session = session.kept("first", session.digit)
    session.write(tmp_path)
    assert unfinished(tmp_path) == session
    while session.digit is not None:
        session = session.kept("next", session.digit)
    session.write(tmp_path)
    assert unfinished(tmp_path) is None


def test_no_folder_is_made_for_it(tmp_path: Path) -> None:
    """A set begins with its first drawing."""
    GuidedSession.new(1).write(tmp_path / "own")
    assert not (tmp_path / "own").exists() and unfinished(tmp_path / "own") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"{", b"[" * 100_000, b"[]", b'{"each": "x"}', b'{"each": 1, "left": [11], "done": []}',
     b'{"each": 1, "left": [true], "done": ["a","b","c","d","e","f","g","h","i"]}',
     b'{"each": 1, "left": [1, 2], "done": []}', b'{"each": 1000000, "left": [], "done": []}',
     json.dumps({"each": 1, "left": [0, 1, 2, 3, 4, 5, 6, 7, 8], "done": [None]}).encode()],
)  # fmt: skip
def test_a_damaged_session_is_none(tmp_path: Path, content: bytes) -> None:
    """The drawings do not depend on it."""
    (tmp_path / FILE).write_bytes(content)
    assert unfinished(tmp_path) is None


@pytest.mark.parametrize("each", [0, -1, 1001])
def test_how_many_has_bounds(each: int) -> None:
    """The message names them."""
    with pytest.raises(DataError, match="1 to 1,000"):
        GuidedSession.new(each)


def test_a_session_that_cannot_be_written_says_that_the_drawings_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It costs the plan and nothing else."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DataError, match=r"No space left on device.*drawings are kept"):
        GuidedSession.new(1).write(tmp_path)
