"""core.reading.recogniser and the reader process: bitmaps in, readings out, whatever is sent."""

from __future__ import annotations

import base64
import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from waiting import LONGEST

from core import paths
from core.data import mnist
from core.networks import checkpoint
from core.networks.architectures import build
from core.networks.checkpoint_file import Header
from core.reading.numbers.prepared import prepared
from core.reading.reading import Reading
from core.reading.recogniser import Recogniser
from core.system import children

Digits = tuple[NDArray[np.uint8], NDArray[np.uint8]]


@pytest.fixture(scope="module")
def digits() -> Digits:
    """MNIST's test images (10000, 28, 28) and their labels."""
    test = mnist.test()
    return test.images, test.labels


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """The shipped one."""
    return Recogniser(paths.shipped_checkpoint())


def test_a_blank_bitmap_has_no_digit(recogniser: Recogniser) -> None:
    """Nothing drawn is not a guess: no digit, no probabilities, nothing seen."""
    reading = recogniser.read(np.zeros((40, 40), np.uint8))
    assert reading.digit is None
    assert reading.confidence == 0
    assert not any(reading.probabilities)
    assert not reading.seen.any()


def test_bitmaps_are_read_together_as_one_by_one(recogniser: Recogniser, digits: Digits) -> None:
    """Single digits, one that is augmented, a number, and a blank page among them; of no bitmap nothing."""
    images, _ = digits
    row = np.hstack([images[1], images[2]])
    bitmaps = [*images[:8], images[np.argmin([len(set(recogniser.read(each).rivals)) == 1 for each in images[:300]])]]
    together = recogniser.read_prepared([prepared(each) for each in (*bitmaps, row, np.zeros_like(row))])
    assert len(together) == len(bitmaps) + 2 and len(together[-2].digits) == 2 and together[-1].digit is None
    for reading, bitmap in zip(together, (*bitmaps, row, np.zeros_like(row)), strict=True):
        alone = recogniser.read_number(bitmap)
        assert (reading.number, reading.verdict) == (alone.number, alone.verdict)
        np.testing.assert_array_equal(reading.seen, alone.seen)
        np.testing.assert_allclose(reading.probabilities, alone.probabilities, atol=1e-4)
    assert recogniser.read_prepared([]) == []


def test_mnists_digits_are_read_at_any_size_place_and_polarity(recogniser: Recogniser, digits: Digits) -> None:
    """A hundred test digits, enlarged threefold, moved and inverted, are read as they are unchanged."""
    images, labels = digits
    right = moved_right = 0
    for image, label in zip(images[:100], labels[:100], strict=True):
        right += recogniser.read(image, "bright").digit == label
        page = np.full((150, 120), 255, np.uint8)
        page[5:89, 30:114] = 255 - np.kron(image, np.ones((3, 3), np.uint8))
        moved_right += recogniser.read(page).digit == label
    assert right >= 97
    assert moved_right >= 95


def test_probabilities_are_the_networks(recogniser: Recogniser, digits: Digits) -> None:
    """Ten of them, summing to one, from the 28×28 that is shown."""
    images, _ = digits
    reading = recogniser.read(images[3], "bright")
    assert sum(reading.probabilities) == pytest.approx(1)
    pixels = torch.from_numpy(reading.seen.copy()).float().div(255).view(1, 1, 28, 28)
    logits = recogniser.network(pixels).double()[0, :10]
    assert logits.topk(2).values.diff().abs() > 3  # so sure that it is not augmented
    expected = torch.softmax(logits / recogniser.calibration.temperature, 0)
    np.testing.assert_allclose(reading.probabilities, expected.detach().numpy(), atol=1e-5)


def test_a_reading_survives_the_way_through_json(recogniser: Recogniser, digits: Digits) -> None:
    """What the interface gets is what was read."""
    images, _ = digits
    reading = recogniser.read(images[3])
    back = Reading.from_json(json.loads(json.dumps(reading.to_json())))
    assert back.digit == reading.digit
    assert back.probabilities == pytest.approx(reading.probabilities, abs=1e-6)
    np.testing.assert_array_equal(back.seen, reading.seen)


def _write(path: Path, seed: int) -> None:
    described = Header(
        architecture="small", recipe="fast", data="mnist", parameters=1, epoch=1, epochs=1, step=seed, seed=seed
    )
    checkpoint.save(path, build("small", seed).state_dict(), described)


def test_a_replaced_checkpoint_is_loaded_and_a_damaged_one_is_not(tmp_path: Path) -> None:
    """The file that a training replaces is followed; a torn one leaves the last good network in place."""
    path = tmp_path / "model.npz"
    _write(path, 1)
    reader = Recogniser(path)
    assert not reader.refresh()
    _write(path, 2)
    assert reader.refresh()
    assert reader.header.seed == 2
    path.write_bytes(b"torn")
    assert not reader.refresh()
    path.unlink()
    assert not reader.refresh()
    assert reader.header.seed == 2


def test_a_save_while_loading_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint that is replaced after it was read, and before the reader is ready, is loaded next time."""
    path = tmp_path / "model.npz"
    _write(path, 1)
    load = checkpoint.load

    def slow_load(path: Path) -> tuple[torch.nn.Module, Header]:
        loaded = load(path)
        _write(path, 2)
        return loaded

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint, "load", slow_load)
        reader = Recogniser(path)
    assert reader.header.seed == 1
    assert reader.refresh()
    assert reader.header.seed == 2


class _Server:
    """The reader process, spoken to as the interface does."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            children.command("serve"),
            env=children.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def ask(self, request: object) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        return self.line()


@pytest.fixture(scope="module")
def server() -> Iterator[_Server]:
    """One process for the module: it imports torch."""
    started = _Server()
    assert started.line()["ready"] == str(paths.shipped_checkpoint())
    yield started
    started.process.communicate(timeout=LONGEST)  # the end of the input ends it
    assert started.process.returncode == 0


def _bitmap(image: NDArray[np.uint8], number: int) -> dict[str, Any]:
    pixels = base64.b64encode(image.tobytes()).decode()
    return {"id": number, "width": image.shape[1], "height": image.shape[0], "pixels": pixels, "polarity": "bright"}


def test_the_process_reads(server: _Server, digits: Digits) -> None:
    """A bitmap's answer carries its number and the digit."""
    images, labels = digits
    answer = server.ask(_bitmap(images[0], 41))
    assert answer["id"] == 41
    assert answer["digit"] == labels[0]


def test_a_request_without_an_id_is_answered_without_one(server: _Server, digits: Digits) -> None:
    """A script that asks one thing at a time need not count."""
    images, labels = digits
    request = _bitmap(images[0], 41)
    named = server.ask(request)
    del request["id"]
    answer = server.ask(request)
    assert answer["digit"] == labels[0] and list(named) == ["id", *answer]
    assert "id" not in server.ask({"load": ""})


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"id": 1, "width": 5, "height": 5, "pixels": "AAAA"}, "needs 25"),
        ({"id": 1, "width": 0, "height": 5, "pixels": ""}, "1 to 4,096"),
        ({"id": 1, "width": 1, "height": 1, "pixels": "?"}, "base64"),
        ({"id": 1, "width": 1, "height": 1, "pixels": "AA==", "polarity": "grey"}, "'grey'"),
        ({"id": 1}, "not a request"),
        ([1, 2], "not a request"),
        ({"id": 1, "width": float("inf"), "height": 5, "pixels": ""}, "not a request"),
        ({"id": 1, "load": "no such run"}, "no such run"),
        ({"id": 1, "load": "x" * 300}, "xxx"),
        ({"id": 1, "load": "~nouser-of-this-machine/x"}, "nouser"),
        ({"id": 1, "load": 5}, "not a request"),
    ],
)
def test_a_bad_request_is_answered_and_survived(server: _Server, request_: object, words: str, digits: Digits) -> None:
    """The error says what is wrong, and the next bitmap is read."""
    assert words in server.ask(request_)["error"]
    images, labels = digits
    assert server.ask(_bitmap(images[0], 2))["digit"] == labels[0]


@pytest.mark.parametrize("damage", ["[]", '{"architecture": []}', None], ids=["list", "types", "packed bytes"])
def test_the_process_survives_a_damaged_checkpoint(
    server: _Server, tmp_path: Path, digits: Digits, damage: str | None
) -> None:
    """The error names the file, and the network that was loaded goes on reading."""
    path = tmp_path / "model.npz"
    _write(path, 1)
    if damage is None:
        packed = path.read_bytes()
        start = packed.index(b"header.json") + len(b"header.json")
        path.write_bytes(packed[:start] + b"\xff" * 8 + packed[start + 8 :])
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("header.json", damage)
    assert str(path) in server.ask({"id": 1, "load": str(path)})["error"]
    images, labels = digits
    assert server.ask(_bitmap(images[0], 2))["digit"] == labels[0]


def test_a_line_that_nests_too_deeply_is_answered(server: _Server) -> None:
    """JSON that Python cannot follow is no request either."""
    assert server.process.stdin is not None
    server.process.stdin.write(b"[" * 100_000 + b"\n")
    server.process.stdin.flush()
    assert "not a request" in server.line()["error"]


def test_the_process_changes_its_checkpoint(server: _Server, tmp_path: Path, digits: Digits) -> None:
    """Another file is loaded on request, followed when it is replaced, and the shipped one comes back."""
    path = tmp_path / "model.npz"
    _write(path, 1)
    assert server.ask({"id": 1, "load": str(path)})["loaded"] == str(path)
    images, labels = digits
    first = server.ask(_bitmap(images[0], 2))["probabilities"]
    _write(path, 2)
    assert server.ask(_bitmap(images[0], 3))["probabilities"] != first
    server.ask({"id": 4, "load": ""})
    assert server.ask(_bitmap(images[0], 5))["digit"] == labels[0]
