"""The shipped MNIST: complete, verified, and clear about what to do where it is not."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from core import paths
from core.data import mnist
from core.errors import DataError


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped files, taken for the shipped ones."""
    folder = tmp_path / "mnist"
    shutil.copytree(paths.shipped("data", "mnist"), folder)
    monkeypatch.setattr(paths, "shipped", lambda *parts: tmp_path.joinpath(*parts[1:]))
    return folder


def test_all_images_are_there() -> None:
    """60,000 and 10,000 images, with the counts of each class that MNIST is known to have."""
    train, test = mnist.load()
    assert train.images.shape == (60_000, 28, 28) and train.images.dtype == np.uint8
    assert test.images.shape == (10_000, 28, 28)
    assert train.counts() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert test.counts() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_the_test_images_are_there_alone() -> None:
    """They are those of `load`."""
    _, both = mnist.load()
    alone = mnist.test()
    assert np.array_equal(alone.images, both.images) and np.array_equal(alone.labels, both.labels)


def test_images_and_labels_belong_together() -> None:
    """The first training images are the 5, 0, 4, 1, 9 that every introduction shows."""
    train, test = mnist.load()
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert test.labels[:4].tolist() == [7, 2, 1, 0]
    zero, nine = train.images[1], train.images[4]
    assert not zero[13:17, 12:15].any() and zero[13:17].any()  # hollow
    assert not nine[17:, :11].any() and nine[17:].any()  # its stem stands to the right


@pytest.mark.parametrize("name", mnist.FILES)
def test_a_missing_file_is_named_with_the_remedy(copy: Path, name: str) -> None:
    """Each of the four files, when it is gone, is named, and the message says how to get it back."""
    (copy / name).unlink()
    with pytest.raises(DataError, match="git checkout -- data/mnist") as caught:
        mnist.load()
    assert str(copy / name) in str(caught.value)


def test_a_changed_file_is_refused(copy: Path) -> None:
    """One changed byte is found by the md5, also where the gzip and IDX formats are still right."""
    path = copy / "t10k-labels-idx1-ubyte.gz"
    labels = bytearray(gzip.decompress(path.read_bytes()))
    labels[100] ^= 1
    path.write_bytes(gzip.compress(bytes(labels)))
    with pytest.raises(DataError, match="md5") as caught:
        mnist.load()
    assert str(path) in str(caught.value) and "Install digits-tui again" in str(caught.value)


def test_a_verified_file_is_not_hashed_again_until_it_changes(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The md5 is taken at first use only, and again once a file was written to."""
    hashed: list[int] = []

    def md5(data: bytes, **_: bool) -> hashlib._Hash:
        hashed.append(len(data))
        return original(data, usedforsecurity=False)

    original = hashlib.md5
    monkeypatch.setattr(hashlib, "md5", md5)
    mnist.load()
    assert len(hashed) == 4
    mnist.load()
    assert len(hashed) == 4
    path = copy / "t10k-labels-idx1-ubyte.gz"
    os.utime(path, ns=(1, 1))
    mnist.load()
    assert len(hashed) == 5


def test_it_loads_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's folder that cannot be made is no reason to fail."""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DIGITS_HOME", str(tmp_path / "file"))
    assert len(mnist.load()[0]) == 60_000


def test_a_damaged_memory_of_the_verification_does_no_harm(home: Path) -> None:
    """The remembered verification is rebuilt where its file is damaged."""
    mnist.load()
    (home / "data" / "cache" / "verified.json").write_bytes(b"\xff[1, 2")
    assert len(mnist.load()[1]) == 10_000
