"""Own sets leave a computer as a folder or one file, and come back unchanged."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import kept_digits
from PIL import Image

from core.__main__ import main
from core.data import amendments, catalogue, datasets, own_sets
from core.data.own_sets import OwnSet
from core.errors import DataError
from core.preprocessing.images import decode
from core.preprocessing.normalise import normalise


@pytest.fixture
def mine(home: Path) -> OwnSet:
    """Twelve drawings, one of them relabelled, one removed, and a photograph, a damaged image and a stray file."""
    found = own_sets.active()
    kept = kept_digits(found, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9])
    own_sets.relabel(found, kept[11], 4)
    own_sets.remove(found, kept[10])
    photo = found.folder / "3" / "Photo é\n1.JPG"
    Image.fromarray(np.tile(np.arange(40, dtype=np.uint8) * 6, (40, 1))).save(photo, "JPEG")
    os.utime(photo, ns=(1, 1_000_000_000_123_456_789))
    (found.folder / "3" / "broken.png").write_bytes(b"no image at all")
    (found.folder / "3" / "notes.txt").write_text("left by somebody")
    return found


def content(found: OwnSet) -> list[object]:
    """All that makes a set, in bytes: names, labels, images, strokes, times."""
    return [
        (
            each.path.relative_to(found.folder).as_posix(),
            each.label,
            each.time,
            each.path.read_bytes(),
            own_sets.strokes_of(each),
            path.read_bytes() if (path := each.path.with_suffix(".json")).exists() else None,
        )
        for each in own_sets.drawings(found)
    ]


@pytest.mark.parametrize("name", ["out", "out.npz", "Ünüsual name.NPZ"])
def test_there_and_back_is_unchanged(mine: OwnSet, tmp_path: Path, name: str) -> None:
    """Images, labels, strokes and times, to the byte, also the second time round; what was taken out stays out."""
    told: list[tuple[int, int]] = []
    assert own_sets.export(mine, tmp_path / name, lambda done, total: told.append((done, total))) == 13
    assert told[-1] == (13, 13)
    back = own_sets.import_set(tmp_path / name, "back")
    assert back.name == "back" and back.folder != mine.folder
    assert content(back) == content(mine)
    (tmp_path / "again").mkdir()
    own_sets.export(back, tmp_path / "again" / name)
    assert content(own_sets.import_set(tmp_path / "again" / name, "again")) == content(mine)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["again", "home", name])


def test_a_folder_is_class_folders_with_images(mine: OwnSet, tmp_path: Path) -> None:
    """As other programs read them; nothing hidden, no journal, no stray file."""
    own_sets.export(mine, tmp_path / "out")
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    images = {each.path.relative_to(mine.folder).as_posix() for each in own_sets.drawings(mine)}
    with_strokes = {f"{name[:-4]}.json" for name in images if "-" in name}
    assert files == images | with_strokes and len(with_strokes) == 11


def test_an_archive_is_what_a_network_learns_from(mine: OwnSet, tmp_path: Path) -> None:
    """`images` and `labels` as of each file by itself; without the damaged one."""
    own_sets.export(mine, tmp_path / "out.npz")
    readable = [each for each in own_sets.drawings(mine) if each.path.name != "broken.png"]
    with np.load(tmp_path / "out.npz") as stored:
        assert stored["labels"].tolist() == [each.label for each in readable]
        assert np.array_equal(stored["images"], [normalise(decode(each.path)) for each in readable])
    assert sum(datasets.gather(str(tmp_path / "out.npz")).counts()) == 12


@pytest.mark.parametrize("name", ["out", "out.npz"])
def test_what_a_check_up_decided_goes_along(mine: OwnSet, tmp_path: Path, name: str) -> None:
    """An image that is left out is still left out where the set arrives, and so is one with another label."""
    first, second = (each.path.relative_to(mine.folder).as_posix() for each in own_sets.drawings(mine)[:2])
    amendments.leave_out(mine.folder, first)
    amendments.relabel(mine.folder, second, 8)
    own_sets.export(mine, tmp_path / name)
    back = own_sets.import_set(tmp_path / name, "back")
    assert {path: each.label for path, each in amendments.read(back.folder).items()} == {first: None, second: 8}
    expected = datasets.gather(str(mine.folder)).counts()
    assert datasets.gather(str(back.folder)).counts() == expected
    assert datasets.gather(str(tmp_path / name)).counts() == expected


def test_a_foreign_folder_is_taken_as_it_is(home: Path, tmp_path: Path) -> None:
    """Also one in two parts with the same names in both."""
    for part, grey in (("train", 10), ("test", 200)):
        (tmp_path / "set" / part / "7").mkdir(parents=True)
        Image.fromarray(np.full((9, 9), grey, np.uint8)).save(tmp_path / "set" / part / "7" / "a.png")
    made = own_sets.import_set(tmp_path / "set", "two parts")
    assert own_sets.counts(made)[7] == 2
    assert {int(decode(each.path)[0, 0]) for each in own_sets.drawings(made)} == {10, 200}


def test_a_foreign_archive_gives_its_images(
    home: Path, tmp_path: Path, mnist_part: tuple[np.ndarray, np.ndarray]
) -> None:
    """Normalised, in their order within each digit."""
    images, labels = (array[:40] for array in mnist_part)
    np.savez(tmp_path / "in.npz", images=images, labels=labels)
    made = own_sets.import_set(tmp_path / "in.npz", "in")
    found = own_sets.drawings(made)
    assert own_sets.counts(made) == np.bincount(labels, minlength=10).tolist()
    expected = [normalise(images[index]) for index in np.argsort(labels, kind="stable")]
    assert np.array_equal([decode(each.path) for each in found], expected)


def nothing_changed(home: Path, before: list[OwnSet]) -> bool:
    """Whether the sets are those of before, and nothing half-made lies about."""
    return own_sets.sets() == before and not list((home / "data").glob(".*"))


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda path: None, "there is no such file or folder"),
        (lambda path: path.mkdir(), "has no class folders"),
        (lambda path: (path / "3").mkdir(parents=True), "hold no images"),
        (lambda path: path.write_text("text"), "give a folder or an .npz file"),
    ],
)
def test_what_is_no_set_is_refused(
    home: Path, mine: OwnSet, tmp_path: Path, make: Callable[[Path], object], complaint: str
) -> None:
    """With the reason; nothing changes."""
    make(tmp_path / "in")
    with pytest.raises(DataError, match=complaint):
        own_sets.import_set(tmp_path / "in", "in")
    assert nothing_changed(home, [mine])


def test_a_folder_without_one_readable_image_is_refused(home: Path, mine: OwnSet, tmp_path: Path) -> None:
    """The error says what is wrong with the first."""
    (tmp_path / "in" / "3").mkdir(parents=True)
    (tmp_path / "in" / "3" / "a.png").write_bytes(b"GIF89a")
    with pytest.raises(DataError, match="none of its 1 images can be read; the first is a GIF"):
        own_sets.import_set(tmp_path / "in", "in")
    assert nothing_changed(home, [mine])


def test_damaged_archives_are_refused(home: Path, mine: OwnSet, tmp_path: Path) -> None:
    """Cut short, with bytes changed, or with nothing in it: an error in words, and no set."""
    own_sets.export(mine, tmp_path / "out.npz")
    whole = (tmp_path / "out.npz").read_bytes()
    damaged = [b"", b"PK", whole[: len(whole) // 2], whole[:-30]]
    damaged += [whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :] for at in range(100, len(whole), 997)]
    for number, each in enumerate(damaged):
        (tmp_path / "in.npz").write_bytes(each)
        try:
            made = own_sets.import_set(tmp_path / "in.npz", f"in {number}")
        except DataError:
            assert nothing_changed(home, [mine])
        else:  # a byte of the ZIP that says nothing of the content
            assert content(made) == content(mine)
            for path in sorted(made.folder.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            made.folder.rmdir()


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "../evil.png", "size": 4, "beside": 0, "changed": 0},
        {"name": "3/../../evil.png", "size": 4, "beside": 0, "changed": 0},
        {"name": "/evil.png", "size": 4, "beside": 0, "changed": 0},
        {"name": "3/.evil.png", "size": 4, "beside": 0, "changed": 0},
        {"name": "3/evil.sh", "size": 4, "beside": 0, "changed": 0},
        {"name": "3/a.png", "size": 5, "beside": 0, "changed": 0},
        {"name": "3/a.png", "size": 5, "beside": -1, "changed": 0},
        {"name": "3/a.png", "size": 4, "beside": 0, "changed": 1e9},
        {"name": f"3/{'a' * 300}.png", "size": 4, "beside": 0, "changed": 0},
        {"name": 3},
        7,
    ],
)
def test_archives_made_by_an_enemy_write_nothing(home: Path, tmp_path: Path, entry: object) -> None:
    """No name leads out of the set, and sizes must fit."""
    index = np.frombuffer(json.dumps([entry]).encode(), np.uint8)
    np.savez(tmp_path / "in.npz", files=np.zeros(4, np.uint8), index=index)
    with pytest.raises(DataError):
        own_sets.import_set(tmp_path / "in.npz", "in")
    assert nothing_changed(home, []) and not list(tmp_path.rglob("*evil*"))


def test_nothing_is_written_over(mine: OwnSet, tmp_path: Path) -> None:
    """Neither a file nor a folder, nor inside the set itself; an empty set has nothing to export."""
    (tmp_path / "a.npz").write_text("mine")
    (tmp_path / "a").mkdir()
    for path, complaint in (
        (tmp_path / "a.npz", "already exists"),
        (tmp_path / "a", "already exists"),
        (tmp_path / "nowhere" / "a", "there is no folder"),
        (mine.folder / "3" / "out", "inside the set itself"),
        (Path("a\0b"), "null character"),
    ):
        with pytest.raises(DataError, match=complaint):
            own_sets.export(mine, path)
    assert (tmp_path / "a.npz").read_text() == "mine" and not any((tmp_path / "a").iterdir())
    with pytest.raises(DataError, match="Empty has no drawings yet"):
        own_sets.export(own_sets.create("Empty"), tmp_path / "out")


def test_a_full_disk_leaves_nothing_behind(home: Path, mine: OwnSet, tmp_path: Path) -> None:
    """A report that fails stands for it: neither a half-written folder nor a half-made set stays."""

    def fail(done: int, total: int) -> None:
        raise OSError(28, "No space left on device")

    for name in ("out", "out.npz"):
        with pytest.raises(DataError, match="No space left on device"):
            own_sets.export(mine, tmp_path / name, fail)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]
    with pytest.raises(DataError, match="No space left on device"):
        own_sets.import_set(mine.folder, "copy", fail)
    assert nothing_changed(home, [mine])


# On the command line


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The JSON lines that were printed, those of progress left out."""
    return [each for line in capsys.readouterr().out.splitlines() if "done" not in (each := json.loads(line))]


def test_the_commands(mine: OwnSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Export by name, import under another, rename; each says what it did, in words or as JSON."""
    out = str(tmp_path / "out.npz")
    assert main(["datasets", "--export", "own", out]) == 0
    assert capsys.readouterr().out == f"wrote 13 drawings of own to {out}\n"
    assert main(["datasets", "--import", out, "--name", "Bea", "--json"]) == 0
    (answer,) = lines(capsys)
    bea = own_sets.sets()[1]
    assert answer["imported"] == "Bea" and answer["dataset"]["path"] == str(bea.folder)
    assert main(["datasets", "--import", out]) == 0
    assert capsys.readouterr().out == "imported out: 13 drawings of 10 digits\n"
    assert main(["datasets", "--rename", "out", "Anna"]) == 0
    assert capsys.readouterr().out == "out is now called Anna\n"
    assert main(["datasets", "--rename", str(bea.folder), "Béa", "--json"]) == 0
    assert lines(capsys) == [{"renamed": "Béa", "was": "Bea"}]
    assert main(["datasets", "--export", "Béa", str(tmp_path / "b"), "--json"]) == 0
    assert lines(capsys) == [{"exported": "Béa", "path": str(tmp_path / "b"), "images": 13}]
    assert [each.name for each in own_sets.sets()] == ["own", "Béa", "Anna"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--export", "mnist", "out"], "'mnist' is not a set of your own drawings; your sets: own"),
        (["--export", "none", "out"], "no data set is called 'none'"),
        (["--rename", "own", "mnist"], "there is already a data set called mnist"),
        (["--rename", "own", " "], "a data set needs a name"),
        (["--import", "none"], "there is no such file or folder"),
        (["--name", "x"], "give --import PATH with it"),
        (["--remove", "own"], "own is a set of your own drawings and cannot be removed"),
    ],
)
def test_commands_that_cannot_be_done(
    mine: OwnSet, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    """Status 1 and the reason."""
    assert main(["datasets", *arguments]) == 1
    assert complaint in capsys.readouterr().err
    assert own_sets.sets() == [mine]


def test_an_own_set_is_looked_at_like_a_folder(mine: OwnSet, capsys: pytest.CaptureFixture[str]) -> None:
    """`datasets NAME` tells its counts and what is wrong with a file of it."""
    assert main(["datasets", "own", "--json"]) == 0
    (answer,) = lines(capsys)
    assert answer["counts"] == [1, 1, 1, 2, 2, 1, 1, 1, 1, 1]
    assert any("broken.png" in each["path"] for each in answer["skipped"])
    assert catalogue.find("own").kind == "own"
