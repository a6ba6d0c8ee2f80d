"""core.data.non_digits: letters, symbols and doodles as the program itself would see them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.data import non_digits, traces
from core.drawing import ink
from core.errors import DataError
from core.preprocessing.images import decode
from core.preprocessing.normalise import normalise

CROSS = [[[0, 0], [30, 40]], [[30, 0], [0, 40]]]
RING = [[[20, 0], [40, 20], [20, 40], [0, 20], [20, 0]]]


def _traces(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    return path


def _picture(path: Path, shift: int = 0) -> Path:
    pixels = np.full((60, 60), 230, np.uint8)
    pixels[10:50, 10 + shift : 16 + shift] = 20
    pixels[10:16, 10:50] = 20
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def test_letters_are_drawn_as_digits_are(tmp_path: Path) -> None:
    """With the pad's brush; what a person may take for a digit is left out and counted."""
    path = _traces(
        tmp_path / "letters.jsonl",
        {"label": "X", "strokes": CROSS},
        {"label": "O", "strokes": RING},
        {"strokes": CROSS},
        {"label": "7", "strokes": CROSS},
        {"label": "X", "strokes": []},
    )
    found = non_digits.gather(str(path), "Oo")
    assert found.images.shape == (2, 28, 28) and found.left_out == 1
    assert np.array_equal(found.images[0], normalise(ink.draw(CROSS), "bright"))
    reasons = {each.path.rpartition(":")[2]: each.reason for each in found.skipped}
    assert "is a digit" in reasons["4"] and "without any point" in reasons["5"]


def test_the_digits_of_the_same_file_are_kept_apart(tmp_path: Path) -> None:
    """What was drawn for the one is not taken for the other, also the second time."""
    path = _traces(tmp_path / "all.jsonl", {"label": "X", "strokes": CROSS}, {"label": "0", "strokes": RING})
    for _ in range(2):
        assert traces.gather(path).train.labels.tolist() == [0]
        assert traces.gather_others(path).labels == ["X"]


def test_a_folder_of_images_is_taken_at_any_depth(tmp_path: Path) -> None:
    """Each as `predict` would see it; a folder of one character says which letter its images are."""
    folder = tmp_path / "symbols"
    first = _picture(folder / "A" / "1.png")
    _picture(folder / "O" / "1.png", 10)
    _picture(folder / "other" / "deep" / "1.png", 20)
    _picture(folder / ".hidden" / "1.png")
    (folder / "note.txt").write_text("no image", encoding="utf-8")
    for _ in range(2):
        found = non_digits.gather(str(folder), "O")
        assert len(found.images) == 2 and found.left_out == 1
        assert np.array_equal(found.images[0], normalise(decode(first)))
        assert [each.path for each in found.skipped] == [str(folder / "note.txt")]


def test_images_that_lie_in_the_folder_itself_do(tmp_path: Path) -> None:
    """As in a folder called `other`, and progress is told."""
    told: list[tuple[int, int]] = []
    _picture(tmp_path / "other" / "1.png")
    non_digits.gather(str(tmp_path / "other"), report=lambda done, total: told.append((done, total)))
    assert told[-1] == (1, 1)


def test_what_cannot_be_meant_is_said(tmp_path: Path) -> None:
    """A set of digits, an archive, nothing at all, nothing left."""
    _picture(tmp_path / "set" / "3" / "1.png")
    (tmp_path / "empty").mkdir()
    archive = tmp_path / "a.npz"
    np.savez(archive, images=np.zeros((1, 28, 28), np.uint8))
    letters = _traces(tmp_path / "o.jsonl", {"label": "O", "strokes": RING})
    digits = _traces(tmp_path / "d.jsonl", {"label": 3, "strokes": RING})
    for path, leave_out, said in (
        (tmp_path / "set", "", "class folders of digits"),
        (tmp_path / "empty", "", "no files"),
        (archive, "", "is an archive"),
        (letters, "O", "no images left after leaving out"),
        (digits, "", "which is a digit"),
        (tmp_path / "gone", "", "check the spelling"),
    ):
        with pytest.raises(DataError, match=said):
            non_digits.gather(str(path), leave_out)
