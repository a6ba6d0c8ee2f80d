"""Pen traces: drawn as the pad draws them, and every bad line told by its number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.data import traces
from core.drawing import ink
from core.errors import DataError
from core.preprocessing.normalise import normalise

ONE: list[list[list[float]]] = [[[10, 0], [10, 40]]]
SEVEN: list[list[list[float]]] = [[[0.0, 0.0], [20.5, 0.0], [8.0, 40.0]], [[5, 20], [16, 20]]]


def write(path: Path, *lines: Any) -> Path:
    """Each of `lines` as one line: text as it is, anything else as JSON."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def test_traces_are_drawn_with_the_pad_s_brush(tmp_path: Path) -> None:
    """An image is what `draw` and `normalise` make of the strokes; labels may be texts or numbers."""
    path = write(tmp_path / "a.jsonl", {"label": "1", "strokes": ONE, "writer": 3}, {"label": 7, "strokes": SEVEN})
    found = traces.gather(path)
    assert found.train.labels.tolist() == [1, 7]
    for image, strokes in zip(found.train.images, (ONE, SEVEN), strict=True):
        assert np.array_equal(image, normalise(ink.draw(strokes), "bright"))
    one = found.train.images[0]
    assert one[5:23, 13:15].min() > 200 and not one[:, :10].any()  # one upright stroke in the middle


def test_what_a_tablet_adds_to_a_point_is_left_aside(tmp_path: Path) -> None:
    """Pressure or time after x and y changes nothing."""
    more = [[[*point, 0.5, 17] for point in stroke] for stroke in SEVEN]
    path = write(tmp_path / "a.jsonl", {"label": "7", "strokes": SEVEN}, {"label": "7", "strokes": more})
    images = traces.gather(path).train.images
    assert np.array_equal(images[0], images[1])


def test_a_dot_is_a_drawing(tmp_path: Path) -> None:
    """A single point is drawn, not a division by zero."""
    found = traces.gather(write(tmp_path / "a.jsonl", {"label": "0", "strokes": [[[5, 5]]]}))
    assert found.train.images[0].max() > 200


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ('{"label": "7", "strokes": [[[0, 0], [1, 1]]', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1, 2]", "not a JSON object"),
        ({"strokes": ONE}, "label null"),
        ({"label": "a", "strokes": ONE}, 'label "a"'),
        ({"label": "10", "strokes": ONE}, "label"),
        ({"label": -1, "strokes": ONE}, "label"),
        ({"label": True, "strokes": ONE}, "label"),
        ({"label": 1.5, "strokes": ONE}, "label"),
        ({"label": [1], "strokes": ONE}, "label"),
        ({"label": "1"}, "no strokes"),
        ({"label": "1", "strokes": 5}, "no strokes"),
        ({"label": "1", "strokes": [5]}, "no strokes"),
        ({"label": "1", "strokes": []}, "without any point"),
        ({"label": "1", "strokes": [[]]}, "without any point"),
        ({"label": "1", "strokes": [[1, 2]]}, "two finite numbers"),
        ({"label": "1", "strokes": [[[1]]]}, "two finite numbers"),
        ({"label": "1", "strokes": [[["1", "2"]]]}, "two finite numbers"),
        ('{"label": "1", "strokes": [[[NaN, 0]]]}', "two finite numbers"),
        ('{"label": "1", "strokes": [[[1e999, 0]]]}', "two finite numbers"),
        ({"label": "1", "strokes": [[[0, 0]] * 20_001]}, "20,001 points"),
        ('{"label": "1", "strokes": [[[0, 0]]], "x": "' + "y" * 5_000_000 + '"}', "longer than"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_line_is_told_by_its_number_and_the_rest_is_used(tmp_path: Path, line: Any, said: str) -> None:
    """Good lines before and after a bad one are used; the bad one is listed, also from the cache."""
    path = write(tmp_path / "a.jsonl", {"label": "1", "strokes": ONE}, "", line, {"label": "7", "strokes": SEVEN})
    for _ in range(2):
        found = traces.gather(path)
        assert found.train.labels.tolist() == [1, 7]
        (skipped,) = found.skipped
        assert skipped.path == f"{path}:3" and said in skipped.reason


def test_a_second_look_draws_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache answers for the same file."""
    path = write(tmp_path / "a.jsonl", {"label": "1", "strokes": ONE}, {"label": "7", "strokes": SEVEN})
    first = traces.gather(path)
    monkeypatch.setattr(traces, "draw", lambda strokes: pytest.fail("drawn again"))
    assert np.array_equal(traces.gather(path).train.images, first.train.images)
    write(path, {"label": "x", "strokes": ONE})
    with pytest.raises(DataError):
        traces.gather(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x89PNG\r\n\x1a\n\xff\xfe", b'{"label": "x", "strokes": []}'])
def test_a_file_without_traces_is_explained(tmp_path: Path, content: bytes) -> None:
    """An empty file, garbage and letters only: the message names the file and shows the form of a line."""
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(DataError, match='"strokes"') as caught:
        traces.gather(tmp_path / "a.jsonl")
    assert str(tmp_path / "a.jsonl") in str(caught.value)


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    """No file, no traceback."""
    with pytest.raises(DataError, match="cannot be read"):
        traces.gather(tmp_path / "none.jsonl")


def test_an_error_of_who_is_told_is_not_one_of_the_file(tmp_path: Path) -> None:
    """A closed pipe at the other end of the progress is passed on as it is, also from the cache."""
    path = write(tmp_path / "a.jsonl", {"label": "1", "strokes": ONE})

    def report(done: int, total: int) -> None:
        raise BrokenPipeError("nobody reads this")

    for _ in range(2):
        with pytest.raises(BrokenPipeError):
            traces.gather(path, report)
        traces.gather(path)
