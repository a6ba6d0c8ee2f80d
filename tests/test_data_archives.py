"""NumPy archives: what is in them comes out normalised, and each fault is explained."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.data import archives
from core.errors import DataError
from core.preprocessing.normalise import normalise


@pytest.fixture
def part(mnist_part: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Sixty of MNIST's images and their labels."""
    return mnist_part[0][:60], mnist_part[1][:60]


def test_images_come_out_normalised(tmp_path: Path, part: tuple[np.ndarray, np.ndarray]) -> None:
    """Images of any size and of either polarity become MNIST's 28×28; labels of any whole type are taken."""
    images, labels = part
    large = 255 - images.repeat(3, axis=1).repeat(3, axis=2)
    np.savez(tmp_path / "a.npz", images=large, labels=labels.astype(np.int64), names=np.array(["other"]))
    found = archives.gather(tmp_path / "a.npz")
    assert np.array_equal(found.train.images, np.stack([normalise(image) for image in large]))
    assert np.abs(found.train.images.astype(int) - images).mean() < 8
    assert np.array_equal(found.train.labels, labels) and found.train.labels.dtype == np.uint8
    assert found.test is None


def test_an_array_with_its_first_axis_innermost_is_read_too(
    tmp_path: Path, part: tuple[np.ndarray, np.ndarray]
) -> None:
    """As some programs write them; images are no other for it."""
    images, labels = part
    np.savez(tmp_path / "a.npz", images=np.asfortranarray(images), labels=labels)
    np.savez(tmp_path / "b.npz", images=images, labels=labels)
    strewn, plain = archives.gather(tmp_path / "a.npz"), archives.gather(tmp_path / "b.npz")
    assert np.array_equal(strewn.train.images, plain.train.images)


def test_images_are_read_piece_by_piece_and_from_the_start_where_that_is_asked(
    tmp_path: Path, part: tuple[np.ndarray, np.ndarray]
) -> None:
    """As a pool asks that has lost its processes."""
    images, labels = part
    np.savez_compressed(tmp_path / "a.npz", images=images, labels=labels)
    with archives._Stored(tmp_path / "a.npz", "images") as stored:
        assert len(stored) == 60
        for chosen in (slice(0, 7), slice(20, 30), slice(3, 5), slice(55, 70)):
            assert np.array_equal(np.stack(stored[chosen]), images[chosen])
        assert np.array_equal(stored[59], images[59])


def test_a_changed_byte_of_an_image_is_noticed(tmp_path: Path, part: tuple[np.ndarray, np.ndarray]) -> None:
    """Though the images before it were read already."""
    path = tmp_path / "a.npz"
    np.savez(path, images=part[0], labels=part[1])
    data = bytearray(path.read_bytes())
    data[data.find(part[0][-1].tobytes()) + 300] ^= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"is damaged \(Bad CRC"):
        archives.gather(path)


def test_a_test_part_is_taken(tmp_path: Path, part: tuple[np.ndarray, np.ndarray]) -> None:
    """`test_images` and `test_labels` are the test set."""
    images, labels = part
    np.savez_compressed(
        tmp_path / "a.npz", images=images[:40], labels=labels[:40], test_images=images[40:], test_labels=labels[40:]
    )
    found = archives.gather(tmp_path / "a.npz")
    assert found.test is not None
    assert np.array_equal(found.test.labels, labels[40:]) and len(found.train) == 40


def test_a_second_look_normalises_nothing_until_the_file_changes(
    tmp_path: Path, part: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache answers for the same file, and not for another one under its name."""
    path = tmp_path / "a.npz"
    np.savez(path, images=part[0], labels=part[1])
    first = archives.gather(path)
    with monkeypatch.context() as patched:
        patched.setattr(archives, "_labels", lambda path: pytest.fail("read again"))
        told: list[tuple[int, int]] = []
        second = archives.gather(path, lambda done, total: told.append((done, total)))
    assert np.array_equal(first.train.images, second.train.images) and told == [(60, 60)]
    np.savez(path, images=part[0][:10], labels=part[1][:10])
    os.utime(path, ns=(7, 7))
    assert len(archives.gather(path).train) == 10


def test_blank_images_are_listed_by_their_index(tmp_path: Path, part: tuple[np.ndarray, np.ndarray]) -> None:
    """A blank image is left out, and its index told, also from the cache."""
    images = part[0].copy()
    images[7] = 0
    np.savez(tmp_path / "a.npz", images=images, labels=part[1])
    for _ in range(2):
        found = archives.gather(tmp_path / "a.npz")
        assert np.array_equal(found.train.labels, np.delete(part[1], 7))
        assert [each.path for each in found.skipped] == [f"{tmp_path / 'a.npz'}: images[7]"]


def test_an_archive_of_blanks_is_refused(tmp_path: Path) -> None:
    """Where nothing is drawn at all there is nothing to use."""
    np.savez(tmp_path / "a.npz", images=np.zeros((5, 8, 8), np.uint8), labels=np.zeros(5, int))
    with pytest.raises(DataError, match="all 5 are blank"):
        archives.gather(tmp_path / "a.npz")


GREY, LABELS = np.full((4, 8, 8), 9, np.uint8), np.arange(4)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({}, "it has no arrays"),
        ({"images": GREY}, "no array labels; it has images"),
        ({"x": GREY, "y": LABELS}, "no array images and no labels; it has x, y"),
        ({"images": GREY, "labels": LABELS, "test_images": GREY}, "no array test_labels"),
        ({"images": GREY[0], "labels": LABELS}, r"shape \(8, 8\)"),
        ({"images": GREY[..., None], "labels": LABELS}, r"\(N, H, W\)"),
        ({"images": GREY[:, :0], "labels": LABELS}, r"shape \(4, 0, 8\)"),
        ({"images": GREY / 255, "labels": LABELS}, "type float64.*astype"),
        ({"images": GREY[:0], "labels": LABELS[:0]}, "is empty"),
        ({"images": GREY, "labels": LABELS[:3]}, "4 images and 3 labels"),
        ({"images": GREY, "labels": LABELS * 1.0}, "whole numbers"),
        ({"images": GREY, "labels": np.eye(4, 10, dtype=int)}, "whole numbers"),
        ({"images": GREY, "labels": np.array(list("0123"))}, "whole numbers"),
        ({"images": GREY, "labels": LABELS + 7}, r"labels\[3\] is 10"),
        ({"images": GREY, "labels": LABELS - 1}, r"labels\[0\] is -1"),
        ({"images": GREY, "labels": LABELS, "test_images": GREY, "test_labels": LABELS + 9}, r"test_labels\[1\]"),
    ],
)
def test_each_fault_is_explained(tmp_path: Path, arrays: dict[str, Any], said: str) -> None:
    """What is missing or of the wrong shape, type or range is named with the file."""
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError, match=said) as caught:
        archives.gather(tmp_path / "a.npz")
    assert str(tmp_path / "a.npz") in str(caught.value)


def test_what_is_no_archive_is_explained(tmp_path: Path) -> None:
    """Text, an empty file, a single array, a cut archive and a missing file are each told."""
    np.save(tmp_path / "single.npy", GREY)
    np.savez(tmp_path / "whole.npz", images=GREY, labels=LABELS)
    (tmp_path / "cut.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:300])
    (tmp_path / "text.npz").write_text("hello")
    (tmp_path / "empty.npz").touch()
    for name in ("single.npy", "cut.npz", "text.npz", "empty.npz"):
        with pytest.raises(DataError, match=r"not a NumPy archive, or is damaged"):
            archives.gather(tmp_path / name)
    with pytest.raises(DataError, match="cannot be opened"):
        archives.gather(tmp_path / "none.npz")


def test_changed_bytes_never_crash(tmp_path: Path) -> None:
    """Whatever bytes of an archive are changed, there is an explanation or a result."""
    path = tmp_path / "a.npz"
    np.savez(path, images=GREY, labels=LABELS)
    good = path.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(300):
        bad = bytearray(good)
        for place in random.integers(0, len(good), 3):
            bad[place] = int(random.integers(0, 256))
        path.write_bytes(bad)
        with pytest.raises(DataError, match=r"a\.npz"):  # intact ones are blank: all of one grey
            archives.gather(path)


class _Trap:
    """A pickle that leaves a trace when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.trace,))


def test_nothing_of_a_file_is_run(tmp_path: Path) -> None:
    """An archive with pickled objects is refused and none of them is loaded."""
    np.savez(tmp_path / "a.npz", images=np.array([_Trap(tmp_path / "trace")], object), labels=LABELS[:1])
    with pytest.raises(DataError):
        archives.gather(tmp_path / "a.npz")
    (tmp_path / "b.npz").write_bytes(pickle.dumps(_Trap(tmp_path / "trace")))
    with pytest.raises(DataError):
        archives.gather(tmp_path / "b.npz")
    assert not (tmp_path / "trace").exists()


def test_a_bomb_is_refused_by_its_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An array that would not fit is refused before it is unpacked."""
    np.savez_compressed(tmp_path / "a.npz", images=np.zeros((50, 200, 200), np.uint8), labels=np.zeros(50, int))
    monkeypatch.setattr(archives, "_LARGEST", 10**6)
    monkeypatch.setattr(np, "load", lambda *_, **__: pytest.fail("unpacked"))
    with pytest.raises(DataError, match="GiB of pixels"):
        archives.gather(tmp_path / "a.npz")


def test_a_header_that_cannot_be_parsed_is_explained(tmp_path: Path) -> None:
    """NumPy parses an array's header as Python source before its checksum is known: the parser has its own errors."""
    path = tmp_path / "a.npz"
    np.savez(path, images=np.zeros((40, 28, 28), np.uint8), labels=np.zeros(40, int))
    good = path.read_bytes()
    assert b"(40, 28, 28), }" in good
    path.write_bytes(good.replace(b"(40, 28, 28), }", b"(40, 28, 28),  "))
    with pytest.raises(DataError, match="is damaged"):
        archives.gather(path)
