"""The cache of normalised images: gives back what was stored, and never anything else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.data import cache
from core.preprocessing.normalise import VERSION


def images(count: int = 3) -> np.ndarray:
    """Something to store."""
    return np.random.default_rng(count).integers(0, 256, (count, 28, 28), np.uint8)


def stored_file(home: Path) -> Path:
    """The one cached file."""
    (path,) = (home / "data" / "cache").glob("*.npz")
    return path


def test_what_was_stored_comes_back(tmp_path: Path) -> None:
    """Arrays come back with their names, types and values."""
    source = tmp_path / "My digits ß"
    assert cache.write(source, {"images": images(), "labels": np.array([1, 2, 3])}, "a") == ""
    found = cache.read(source, "a")
    assert found is not None and set(found) == {"images", "labels"}
    assert np.array_equal(found["images"], images()) and found["labels"].tolist() == [1, 2, 3]


def test_another_source_or_stamp_has_nothing(tmp_path: Path) -> None:
    """What was made from another state of the source, or for a source of the same name, is not taken."""
    cache.write(tmp_path / "a" / "digits", {"images": images()}, "size 1")
    assert cache.read(tmp_path / "a" / "digits", "size 2") is None
    assert cache.read(tmp_path / "b" / "digits", "size 1") is None


def test_another_version_of_normalise_has_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Images that an older program normalised are made again."""
    cache.write(tmp_path / "digits", {"images": images()})
    monkeypatch.setattr("core.data.cache.VERSION", VERSION + 1)
    assert cache.read(tmp_path / "digits") is None


def test_damage_is_never_read(home: Path, tmp_path: Path) -> None:
    """A cut, an empty file and changed bytes anywhere give no cache or the right arrays, and no error."""
    source = tmp_path / "digits"
    cache.write(source, {"images": images(), "labels": np.arange(3)})
    path = stored_file(home)
    good = path.read_bytes()
    random = np.random.default_rng(0)
    for cut in (0, 1, 10, len(good) // 2, len(good) - 1):
        path.write_bytes(good[:cut])
        assert cache.read(source) is None
    for _ in range(300):
        bad = bytearray(good)
        for place in random.integers(0, len(good), 3):
            bad[place] ^= int(random.integers(1, 256))
        path.write_bytes(bad)
        found = cache.read(source)
        assert found is None or (set(found) == {"images", "labels"} and np.array_equal(found["images"], images()))


def test_a_header_that_cannot_be_parsed_is_damage(home: Path, tmp_path: Path) -> None:
    """NumPy parses an array's header as Python source before its checksum is known: the parser has its own errors."""
    cache.write(tmp_path / "digits", {"images": images(40)})
    path = stored_file(home)
    good = path.read_bytes()
    assert b"(40, 28, 28), }" in good
    path.write_bytes(good.replace(b"(40, 28, 28), }", b"(40, 28, 28),  "))
    assert cache.read(tmp_path / "digits") is None


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Storing tells why it failed instead of failing."""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DIGITS_HOME", str(tmp_path / "file"))
    assert "could not be cached" in cache.write(tmp_path / "digits", {"images": images()})
    assert cache.read(tmp_path / "digits") is None


def test_the_longest_unused_makes_room(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the limit the file that was used longest ago goes, the newest never."""
    import os

    for age, name in enumerate("cab"):
        cache.write(tmp_path / name, {"images": images(10)})
        (path,) = (home / "data" / "cache").glob(f"{name}-*.npz")
        os.utime(path, (1000 + age, 1000 + age))
    cache.read(tmp_path / "c")  # of use just now
    monkeypatch.setattr(cache, "_LIMIT", 3 * path.stat().st_size + 100)
    cache.write(tmp_path / "d", {"images": images(10)})
    assert [cache.read(tmp_path / name) is not None for name in "abcd"] == [False, True, True, True]
    monkeypatch.setattr(cache, "_LIMIT", 1)
    cache.write(tmp_path / "e", {"images": images(10)})
    assert [cache.read(tmp_path / name) is not None for name in "abcde"] == [False] * 4 + [True]


def test_forgetting_removes_and_may_be_repeated(tmp_path: Path) -> None:
    """What is forgotten is gone; nothing to forget is no error."""
    cache.write(tmp_path / "digits", {"images": images()})
    cache.forget(tmp_path / "digits")
    cache.forget(tmp_path / "digits")
    assert cache.read(tmp_path / "digits") is None
