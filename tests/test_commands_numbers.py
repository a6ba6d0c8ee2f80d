"""Numbers over `predict` and `serve`: what is printed, and what crosses to the interface."""

from __future__ import annotations

import argparse
import base64
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from test_reading_numbers import drawn

from core.commands import predict
from core.commands.reader_server import ReaderServer
from core.drawing.strokes import as_json
from core.reading.protocol import Answer, ReadAnswer, Ready, RequestFailed, answer_of


def _predict(capsys: pytest.CaptureFixture[str], *images: Path, as_json: bool) -> list[str]:
    names = [str(image) for image in images]
    assert predict.run_predict(argparse.Namespace(images=names, checkpoint="", json=as_json)) == 0
    return capsys.readouterr().out.splitlines()


def _served(request: dict[str, Any]) -> Answer:
    """What the reader process answers, after both have crossed as JSON."""
    server = ReaderServer()
    assert isinstance(server.start(""), Ready)
    answer = server.answer(json.dumps(request).encode())
    assert answer is not None
    return answer_of(json.loads(json.dumps(answer.to_json())))


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Of 507 and of a single 3, dark on light, and a blank one."""
    found = []
    for name in ("507", "3"):
        found.append(tmp_path / f"{name}.png")
        Image.fromarray(255 - drawn(name).bitmap).save(found[-1])
    found.append(tmp_path / "blank.png")
    Image.new("L", (40, 40), 255).save(found[-1])
    return found


@pytest.mark.usefixtures("two_threads")
def test_predict_prints_numbers(pictures: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The number with each digit's confidence and place; a single digit and a blank image as ever."""
    several, single, blank = _predict(capsys, *pictures, as_json=False)
    assert several.startswith(f"{pictures[0]}: 507  (5 ") and several.count("%") == several.count("×") == 3
    assert single.startswith(f"{pictures[1]}: 3  (0 ") and single.count("%") == 11
    assert blank == f"{pictures[2]}: blank, nothing is drawn"


@pytest.mark.usefixtures("two_threads")
def test_predict_gives_numbers_as_json(pictures: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The present fields for all; the digits with their boxes where there are several."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in _predict(capsys, *pictures, as_json=True)]
    assert [row["number"] for row in rows] == ["507", "3", None]
    assert all({"image", "digit", "probabilities"} <= set(row) for row in rows)
    assert [("digits" in row) for row in rows] == [True, False, False]
    assert [each["digit"] for each in rows[0]["digits"]] == [5, 0, 7]
    assert all(0 < each["probability"] <= 1 and len(each["box"]) == 4 for each in rows[0]["digits"])
    lefts = [each["box"][0] for each in rows[0]["digits"]]
    assert lefts == sorted(lefts)
    assert rows[1]["digit"] == 3


def test_serve_reads_a_number_where_strokes_are_sent() -> None:
    """With strokes a number, as the interface reads it again; without them one digit, as before."""
    ink = drawn("47")
    request = {
        "width": ink.width,
        "height": ink.height,
        "pixels": base64.b64encode(ink.bitmap.tobytes()).decode(),
        "polarity": "bright",
    }
    with_strokes = _served({**request, "strokes": as_json(ink.strokes)})
    assert isinstance(with_strokes, ReadAnswer) and with_strokes.reading.number == "47"
    without = _served(request)
    assert isinstance(without, ReadAnswer) and without.reading.digits == ()


def test_strokes_that_are_none_are_a_bad_request() -> None:
    """The reader process answers these as it does any line that is no request."""
    request = {"width": 1, "height": 1, "pixels": "AA==", "polarity": "bright", "strokes": [{"points": []}]}
    answer = _served(request)
    assert isinstance(answer, RequestFailed) and answer.error.startswith("not a request")
