"""Folders of class folders: what is found, what is skipped and why, and that nothing is decoded twice."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.data import amendments, cache, catalogue, datasets, folders
from core.data.image_file import seen_in
from core.errors import DataError
from core.preprocessing import images
from core.preprocessing.normalise import normalise
from core.system import pool


@pytest.fixture
def digits(tmp_path: Path, mnist_part: tuple[np.ndarray, np.ndarray]) -> Path:
    """Four real images of each digit: PNG, black on white, white on black, and under a wrong name."""
    return write(tmp_path / "digits", mnist_part, range(4))


def write(folder: Path, part: tuple[np.ndarray, np.ndarray], which: range) -> Path:
    """Class folders below `folder` with the images of each class that `which` counts."""
    images, labels = part
    for label in range(10):
        (folder / str(label)).mkdir(parents=True)
        for turn, index in enumerate(np.flatnonzero(labels == label)[which.start : which.stop]):
            image = Image.fromarray(images[index] if turn % 2 else 255 - images[index]).resize((56, 56))
            image.save(folder / str(label) / f"{turn}.{'jpg' if turn == 3 else 'png'}", "PNG")
    return folder


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are decoded from now on."""
    seen: list[Path] = []
    read = images.read

    def watched(path: Path) -> NDArray[np.uint8]:
        seen.append(path)
        return read(path)

    monkeypatch.setattr("core.data.image_file.read", watched)
    return seen


def test_each_image_is_read_and_normalised(digits: Path) -> None:
    """Forty images with the labels of their folders, ink bright, as `normalise` makes them."""
    found = folders.gather(digits)
    assert found.counts() == [4] * 10 and found.test is None
    assert found.notes == () and found.skipped == ()
    pixels = np.asarray(Image.open(digits / "0" / "0.png"))
    assert np.array_equal(found.train.images[0], normalise(pixels))
    assert found.train.images.max(axis=(1, 2)).min() > 200
    assert found.train.images[:, 0].mean() < 5  # the border is paper in all, whatever the polarity was


def test_nothing_is_decoded_twice(digits: Path, decoded: list[Path]) -> None:
    """A second look decodes nothing, gives the same images and tells its progress."""
    first = folders.gather(digits)
    assert len(decoded) == 40
    told: list[tuple[int, int]] = []
    second = folders.gather(digits, lambda done, total: told.append((done, total)))
    assert len(decoded) == 40
    assert np.array_equal(first.train.images, second.train.images)
    assert np.array_equal(first.train.labels, second.train.labels)
    assert told[-1] == (40, 40)


def test_only_what_is_new_or_changed_is_decoded(digits: Path, decoded: list[Path]) -> None:
    """One image added, one changed and one removed: two are decoded, and the removed one is gone."""
    folders.gather(digits)
    decoded.clear()
    shutil.copy(digits / "7" / "0.png", digits / "7" / "new.png")
    shutil.copy(digits / "1" / "1.png", digits / "1" / "0.png")
    os.utime(digits / "1" / "0.png", ns=(5, 5))
    (digits / "2" / "2.png").unlink()
    found = folders.gather(digits)
    assert sorted(decoded) == [digits / "1" / "0.png", digits / "7" / "new.png"]
    assert found.counts() == [4, 4, 3, 4, 4, 4, 4, 5, 4, 4]
    ones = found.train.images[found.train.labels == 1]
    assert np.array_equal(ones[0], ones[1])


def test_a_damaged_cache_is_rebuilt(digits: Path, home: Path, decoded: list[Path]) -> None:
    """Garbage in place of the cache costs a second decoding and nothing else."""
    first = folders.gather(digits)
    (path,) = (home / "data" / "cache").glob("*.npz")
    path.write_bytes(path.read_bytes()[:5000])
    assert np.array_equal(folders.gather(digits).train.images, first.train.images)
    assert len(decoded) == 80
    folders.gather(digits)
    assert len(decoded) == 80


def test_without_a_place_for_the_cache_it_works_and_says_so(
    digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be written the images are there, with a note."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DIGITS_HOME", str(tmp_path / "file"))
    found = folders.gather(digits)
    assert found.counts() == [4] * 10 and "could not be cached" in found.notes[0]


def test_other_processes_give_the_same(digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoded by two processes, the images are those that one process gives, in the same order."""
    alone = folders.gather(digits)
    monkeypatch.setattr(pool, "_CHUNK", 7)
    monkeypatch.setattr(pool, "_WORTH", 0.0)
    monkeypatch.setattr(pool, "usable_cores", lambda: 2)
    cache.forget(digits)
    told: list[tuple[int, int]] = []
    together = folders.gather(digits, lambda done, total: told.append((done, total)))
    assert np.array_equal(alone.train.images, together.train.images)
    assert told == [(0, 40), (7, 40), (14, 40), (21, 40), (28, 40), (35, 40), (40, 40)]


def test_what_cannot_be_used_is_listed_with_its_reason(digits: Path) -> None:
    """Damaged, empty, blank and foreign files are listed; the rest is used."""
    (digits / "3" / "broken.png").write_bytes((digits / "3" / "0.png").read_bytes()[:60])
    (digits / "3" / "empty.png").touch()
    (digits / "4" / "notes.txt").write_text("my fours")
    (digits / "5" / "more").mkdir()
    (digits / "6" / "gone.png").symlink_to(digits / "nowhere")
    Image.new("L", (50, 50), 255).save(digits / "8" / "blank.png")
    found = folders.gather(digits)
    assert found.counts() == [4] * 10
    reasons = {Path(each.path).name: each.reason for each in found.skipped}
    assert set(reasons) == {"broken.png", "empty.png", "notes.txt", "more", "gone.png", "blank.png"}
    assert "damaged" in reasons["broken.png"] and "empty" in reasons["empty.png"]
    assert "not an image" in reasons["notes.txt"] and "folder" in reasons["more"]
    assert "link" in reasons["gone.png"] and "blank" in reasons["blank.png"]
    assert len(folders.gather(digits).skipped) == 6


@pytest.mark.parametrize("consume", [False, True])
def test_each_image_says_which_file_it_is(digits: Path, consume: bool) -> None:
    """Also after some are left out and the set is divided: the file with the name holds that image."""
    (digits / "3" / "broken.png").write_bytes(b"no image")
    amendments.leave_out(digits, "5/1.png")
    amendments.relabel(digits, "7/0.png", 1)
    entry = catalogue.find(str(digits))
    dataset = datasets.divided(entry, folders.gather(digits), consume=consume)
    named = {}
    for part in (dataset.train, dataset.test):
        for index, (image, label) in enumerate(zip(part.images, part.labels.tolist(), strict=True)):
            named[part.name(index)] = label
            assert np.array_equal(image, seen_in(digits / part.name(index)))
    assert len(named) == 39 and not {"5/1.png", "3/broken.png"} & set(named)
    assert named.pop("7/0.png") == 1 and all(int(name[0]) == label for name, label in named.items())


def test_litter_is_passed_over(digits: Path) -> None:
    """Hidden files and what file managers leave behind are not worth a word."""
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "._0.png", ".hidden.png"):
        (digits / "0" / name).write_bytes(b"x")
    (digits / ".git").mkdir()
    (digits / "labels.csv").write_text("")
    assert folders.gather(digits).skipped == ()


def test_missing_classes_are_a_note(digits: Path) -> None:
    """A folder that is not there and one without images are named; the others are used."""
    shutil.rmtree(digits / "3")
    for file in (digits / "7").iterdir():
        file.unlink()
    found = folders.gather(digits)
    assert found.counts() == [4, 4, 4, 0, 4, 4, 4, 0, 4, 4]
    assert found.notes == ("No usable images of 3, 7 (8 of 10 classes).",)


def test_class_folders_one_level_down_are_found(digits: Path, tmp_path: Path) -> None:
    """The folder that a zip archive was unpacked into will do."""
    (tmp_path / "outer").mkdir()
    digits.rename(tmp_path / "outer" / "archive")
    found = folders.gather(tmp_path / "outer")
    assert found.counts() == [4] * 10 and "archive/" in found.notes[0]


@pytest.mark.parametrize(("train", "test"), [("train", "test"), ("Training", "Testing")])
def test_train_and_test_folders_are_the_two_parts(
    tmp_path: Path, mnist_part: tuple[np.ndarray, np.ndarray], train: str, test: str
) -> None:
    """A set that comes divided is used as it is divided."""
    write(tmp_path / "set" / train, mnist_part, range(3))
    write(tmp_path / "set" / test, mnist_part, range(3, 5))
    write(tmp_path / "set" / "validation", mnist_part, range(5, 6))
    found = folders.gather(tmp_path / "set")
    assert found.test is not None
    assert (found.train.counts(), found.test.counts()) == ([3] * 10, [2] * 10)
    assert found.notes == (f"Trains on {train}/, tests on {test}/.", "Not used: validation/.")


def test_several_sets_in_one_folder_are_explained(tmp_path: Path, mnist_part: tuple[np.ndarray, np.ndarray]) -> None:
    """Which of two is meant is not guessed."""
    for name in ("mine", "yours"):
        write(tmp_path / "sets" / name, mnist_part, range(1))
    with pytest.raises(DataError, match="mine, yours"):
        folders.gather(tmp_path / "sets")


def test_what_is_no_such_folder_is_explained(digits: Path, tmp_path: Path) -> None:
    """A wrong path, a file, an empty folder, other folders and a single class folder each have their message."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "letters" / "a").mkdir(parents=True)
    (tmp_path / "void" / "1").mkdir(parents=True)
    for path, said in (
        (tmp_path / "nowhere", "no folder"),
        (digits / "0" / "0.png", "is a file"),
        (tmp_path / "empty", "holds no folders"),
        (tmp_path / "letters", "holds the folders a"),
        (tmp_path / "void", "they are empty"),
        (digits / "3", "the folder above it"),
    ):
        with pytest.raises(DataError, match=said) as caught:
            folders.gather(path)
        assert str(path) in str(caught.value)


def test_a_folder_of_damaged_images_is_explained_by_the_first(tmp_path: Path) -> None:
    """Where nothing can be used the message says of how many, and why the first cannot."""
    (tmp_path / "bad" / "1").mkdir(parents=True)
    for name in "ab":
        (tmp_path / "bad" / "1" / name).write_text("no image")
    with pytest.raises(DataError, match="none of 2 files") as caught:
        folders.gather(tmp_path / "bad")
    assert "not an image" in str(caught.value)


def test_names_in_any_bytes_are_read(digits: Path) -> None:
    """Spaces, umlauts and bytes that are no UTF-8 in names are no obstacle, also from the cache."""
    original = digits / "9" / "0.png"
    shutil.copy(original, digits / "9" / "neun – мой.png")
    try:
        shutil.copy(os.fsencode(original), os.fsencode(digits / "9") + b"/\xff\xfe.png")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    (digits / "9" / os.fsdecode(b"\xfd.png")).write_text("no image")
    for _ in range(2):
        found = folders.gather(digits)
        assert found.counts()[9] == 6
        assert found.skipped[0].path.encode().endswith(b".png")


def test_what_lies_beside_an_image_is_not_worth_a_word(digits: Path) -> None:
    """The strokes of a drawing, `.json` of the same stem, are passed over; other `.json` files are listed."""
    (digits / "0" / "0.json").write_text("{}")
    (digits / "1" / "2.JSON").write_text("{}")
    (digits / "2" / "other.json").write_text("{}")
    assert [Path(each.path).name for each in folders.gather(digits).skipped] == ["other.json"]


def test_decisions_of_a_check_up_are_obeyed(digits: Path, decoded: list[Path]) -> None:
    """What is left out is neither used nor listed, a new label counts, and taking both back restores the set."""
    (digits / "4" / "broken.png").write_bytes(b"")
    before = folders.gather(digits)
    amendments.leave_out(digits, "4/broken.png")
    amendments.leave_out(digits, "2/1.png")
    amendments.relabel(digits, "7/0.png", 1)
    amendments.relabel(digits, "9/gone.png", 1)
    decoded.clear()
    found = folders.gather(digits)
    assert found.counts() == [4, 5, 3, 4, 4, 4, 4, 3, 4, 4] and found.skipped == ()
    assert found.notes == ("2 images left out and 1 relabelled by your check-up.",)
    assert len(decoded) <= 1  # the damaged one, which nothing is known of
    for _ in range(4):
        amendments.undo(digits)
    after = folders.gather(digits)
    assert np.array_equal(after.train.images, before.train.images)
    assert np.array_equal(after.train.labels, before.train.labels) and after.notes == before.notes


def test_a_set_that_is_all_left_out_is_explained(tmp_path: Path, mnist_part: tuple[np.ndarray, np.ndarray]) -> None:
    """Not called damaged."""
    folder = write(tmp_path / "one", mnist_part, range(1))
    for label in range(10):
        amendments.leave_out(folder, f"{label}/0.png")
    with pytest.raises(DataError, match="leaves out all 10"):
        folders.gather(folder)


def test_damaged_decisions_are_a_note(digits: Path) -> None:
    """The set is used as its folders say, and the person is told."""
    (digits / amendments.NAME).write_text("{")
    found = folders.gather(digits)
    assert found.counts() == [4] * 10 and "damaged" in found.notes[0]


def test_loading_copies_no_array_twice(digits: Path) -> None:
    """From the cache the whole set is the one array that was read, so that memory stays near its size."""
    folders.gather(digits)
    train = folders.gather(digits).train
    assert train.images.base is None or train.images.base.nbytes < 2 * train.images.nbytes
