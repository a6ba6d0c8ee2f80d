"""The catalogue: quick to list, safe to change, and never a loss of what a person added."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import kept_digits
from PIL import Image

from core.data import additions, catalogue, own_sets
from core.errors import DataError
from core.system import children


def digits(folder: Path, count: int = 2, labels: str = "0123456789") -> Path:
    """Class folders with `count` strokes each."""
    for label in labels:
        (folder / label).mkdir(parents=True)
        for index in range(count):
            pixels = np.full((30, 30), 255, np.uint8)
            pixels[4:26, 12 + index : 16 + index] = 0
            Image.fromarray(pixels).save(folder / label / f"{index}.png")
    return folder


def names() -> list[str]:
    """The names in the catalogue."""
    return [entry.name for entry in catalogue.entries()]


def test_the_shipped_and_the_downloadable_are_there_from_the_start(home: Path) -> None:
    """MNIST is ready, the others need a download, and listing them writes nothing."""
    found = {entry.name: entry for entry in catalogue.entries()}
    assert list(found) == ["mnist", "emnist-digits", "qmnist", "usps"]
    assert (found["mnist"].state, found["mnist"].images, found["mnist"].classes) == ("ready", 70_000, 10)
    assert found["usps"].state == "needs a download" and found["usps"].path is None
    assert not home.exists()


def test_listing_imports_neither_numpy_nor_torch() -> None:
    """The interface lists at its start: what takes long to import is not imported."""
    code = (
        "import sys\nfrom core.data import catalogue\ncatalogue.entries()\n"
        "print({'numpy', 'torch', 'PIL', 'urllib.request'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], env=children.environment(), capture_output=True, text=True, check=True
    )
    assert result.stdout == "set()\n"


def test_listing_scans_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts are those of the last look, not of a new one."""
    catalogue.add(digits(tmp_path / "mine"))
    monkeypatch.setattr("os.scandir", lambda *_: pytest.fail("scanned"))
    assert catalogue.entries()[1].images == 20


def test_an_added_folder_stays(tmp_path: Path) -> None:
    """Its line has name, counts, path and state, and `find` knows it by name, by path and by `~`-less links."""
    folder = digits(tmp_path / "My digits", 3, "0178")
    told: list[tuple[int, int]] = []
    entry = catalogue.add(folder, lambda done, total: told.append((done, total)))
    assert entry == catalogue.Entry(
        "My digits", "My digits", "folder", 12, 4, str(folder), catalogue.Availability.READY, str(folder)
    )
    assert told[-1] == (12, 12)
    assert names() == ["mnist", "My digits", "emnist-digits", "qmnist", "usps"]
    (tmp_path / "link").symlink_to(folder)
    for given in ("My digits", str(folder), str(tmp_path / "link"), f"{folder}/"):
        assert catalogue.find(given) == entry


def test_adding_again_gives_the_same(tmp_path: Path) -> None:
    """A folder is in the catalogue once, by whatever path it is given."""
    first = catalogue.add(digits(tmp_path / "mine"))
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    assert catalogue.add(tmp_path / "link") == first
    assert catalogue.add(tmp_path / "mine" / ".." / "mine") == first
    assert names().count("mine") == 1 and len(names()) == 5


def test_names_are_unique(tmp_path: Path) -> None:
    """Folders of one name are numbered; nothing takes the name of a shipped set."""
    places = ("a/mine", "b/mine", "c/mine", "a/mnist", "a/usps")
    added = [catalogue.add(digits(tmp_path / place)).name for place in places]
    assert added == ["mine", "mine-2", "mine-3", "mnist-2", "usps-2"]


def test_archives_and_traces_are_added_too(tmp_path: Path) -> None:
    """Each is told by what lies there; the name is that of the file without its ending."""
    image = np.zeros((2, 28, 28), np.uint8)
    image[:, 4:24, 13:15] = 255
    np.savez(tmp_path / "ones.npz", images=image, labels=[1, 7])
    (tmp_path / "pen.jsonl").write_text('{"label": 1, "strokes": [[[0, 0], [0, 9]]]}\n')
    entries = [catalogue.add(tmp_path / name) for name in ("ones.npz", "pen.jsonl")]
    assert [(entry.name, entry.kind, entry.images) for entry in entries] == [
        ("ones", "archive", 2),
        ("pen", "traces", 1),
    ]


def test_what_cannot_be_used_is_not_added(tmp_path: Path) -> None:
    """A folder without class folders, a picture and a wrong path are refused with the reason."""
    (tmp_path / "empty").mkdir()
    Image.new("L", (9, 9)).save(tmp_path / "a.png")
    for name, said in (("empty", "class folders"), ("a.png", "is not a data set"), ("none", "no file or folder")):
        with pytest.raises(DataError, match=said):
            catalogue.add(tmp_path / name)
    assert len(names()) == 4


def test_removing_leaves_the_files_alone(tmp_path: Path, home: Path) -> None:
    """The line and our cache go; the person's images stay."""
    folder = digits(tmp_path / "mine")
    catalogue.add(folder)
    assert list((home / "data" / "cache").glob("*.npz"))
    catalogue.remove("mine")
    assert len(names()) == 4 and not list((home / "data" / "cache").glob("*.npz"))
    assert len(list(folder.glob("*/*.png"))) == 20


@pytest.mark.parametrize(("name", "said"), [("mnist", "is built in"), ("usps", "is built in"), ("x", "no added")])
def test_what_cannot_be_removed_is_explained(name: str, said: str) -> None:
    """Shipped sets and unknown names stay what they are."""
    with pytest.raises(DataError, match=said):
        catalogue.remove(name)


def test_a_folder_that_is_gone_is_shown_as_missing(tmp_path: Path) -> None:
    """It stays listed, with its counts, and can be removed; when it is back it is ready again."""
    folder = digits(tmp_path / "mine")
    catalogue.add(folder)
    folder.rename(tmp_path / "elsewhere")
    entry = catalogue.find("mine")
    assert entry.state == "missing: the folder is gone" and entry.images == 20
    (tmp_path / "elsewhere").rename(folder)
    assert catalogue.find("mine").state == "ready"


def test_an_unknown_name_is_explained(tmp_path: Path) -> None:
    """The message has the nearest name, or all of them; odd paths are no crash."""
    with pytest.raises(DataError, match="did you mean mnist"):
        catalogue.find("minst")
    with pytest.raises(DataError, match="mnist, emnist-digits, qmnist, usps"):
        catalogue.find("zzz")
    for odd in ("", "a\0b", "x" * 5000, "~nobody-of-this-name/x", str(tmp_path / "a" / "b")):
        with pytest.raises(DataError):
            catalogue.find(odd)


def test_a_path_need_not_be_added(tmp_path: Path) -> None:
    """`find` gives an entry for a folder that the catalogue does not have, and does not add it."""
    folder = digits(tmp_path / "mine")
    entry = catalogue.find(str(folder))
    assert (entry.name, entry.kind, entry.path, entry.images) == ("mine", "folder", str(folder), None)
    assert len(names()) == 4


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "{}", '{"sets": 5}', '{"sets": {"name": 1, "path": "", "kind": ""}}', "\xff", "[" * 100_000],
)
def test_a_damaged_list_is_set_aside_and_said(home: Path, tmp_path: Path, damage: str) -> None:
    """Nothing of it is lost: it lies under another name, a note says so, and adding works."""
    file = home / "data" / "catalogue.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(damage.encode("latin-1"))
    found = catalogue.read()
    assert len(found.entries) == 4 and "catalogue.damaged-1.json" in found.notes[0]
    assert file.with_name("catalogue.damaged-1.json").read_bytes() == damage.encode("latin-1")
    catalogue.add(digits(tmp_path / "mine", labels="01"))
    assert "mine" in names()
    file.write_text("again")
    assert "catalogue.damaged-2.json" in catalogue.read().notes[1]
    for other in file.parent.glob("catalogue.damaged-*"):
        other.unlink()
    assert catalogue.read().notes == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": 1},
        {"name": ""},
        {"name": "\ud800"},
        {"name": "\x1b[2J"},
        {"path": None},
        {"path": "a\0b"},
        {"kind": "video"},
        {"kind": []},
        {"images": "many"},
        {"images": -1},
        {"images": 10**400},
        {"classes": 1.5},
        {"classes": True},
    ],
    ids=str,
)  # fmt: skip
def test_a_line_that_nobody_understands_is_named_and_kept(home: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    """As a later version may write it; the other lines are listed and can be changed."""
    file, folder = home / "data" / "catalogue.json", digits(tmp_path / "mine", labels="01")
    catalogue.add(folder)
    (line,) = json.loads(file.read_text())["sets"]
    odd = {**line, **changes}
    file.write_text(json.dumps({"version": 2, "sets": [odd, {**line, "colour": "red"}], "by": "ada"}))
    assert "mine" in names()
    (note,) = catalogue.read().notes
    assert "1 data set in" in note and "cannot be understood" in note and note.isprintable()
    catalogue.add(digits(tmp_path / "other", labels="01"))
    found = json.loads(file.read_text())
    assert (found["version"], found["by"]) == (2, "ada")
    assert found["sets"][:2] == [odd, {**line, "colour": "red"}] and found["sets"][2]["name"] == "other"
    catalogue.remove("mine")
    assert [each["name"] for each in json.loads(file.read_text())["sets"]] == [odd["name"], "other"]


def test_adding_over_a_damaged_list_loses_nothing(home: Path, tmp_path: Path) -> None:
    """Also when the first thing that meets the damage is an addition."""
    file = home / "data" / "catalogue.json"
    folder = digits(tmp_path / "mine", labels="01")
    file.parent.mkdir(parents=True)
    file.write_text("precious")
    catalogue.add(folder)
    assert file.with_name("catalogue.damaged-1.json").read_text() == "precious"
    assert json.loads(file.read_text())["sets"][0]["name"] == "mine"


def test_two_who_add_at_once_both_succeed(tmp_path: Path) -> None:
    """No addition is lost, no name given twice, whoever is faster."""
    folders = [digits(tmp_path / str(index) / "mine", 1, "01") for index in range(8)]
    threads = [threading.Thread(target=catalogue.add, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [entry for entry in catalogue.entries() if entry.kind == "folder"]
    assert sorted(entry.path or "" for entry in found) == [str(folder) for folder in folders]
    assert {entry.name for entry in found} == {"mine", *(f"mine-{number}" for number in range(2, 9))}


def test_an_error_while_changing_is_not_one_of_the_list(home: Path) -> None:
    """An OSError of whoever changes the lines is passed on as it is, and nothing is written."""
    with pytest.raises(BrokenPipeError), additions.changing():
        raise BrokenPipeError("nobody reads this")
    assert not additions.file().exists()


def test_a_list_that_nests_too_deeply_is_set_aside(home: Path) -> None:
    """JSON that Python cannot follow is damage as any other."""
    additions.file().parent.mkdir(parents=True)
    additions.file().write_text("[" * 100_000)
    assert catalogue.read().notes
    assert names()[0] == "mnist"


def test_a_list_that_cannot_be_written_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to do; listing goes on working."""
    folder = digits(tmp_path / "mine", labels="01")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DIGITS_HOME", str(tmp_path / "file"))
    assert len(names()) == 4
    with pytest.raises(Exception, match="DIGITS_HOME"):
        catalogue.add(folder)


def test_own_sets_are_listed_with_what_they_hold_now(tmp_path: Path, home: Path) -> None:
    """After MNIST, under their names, counted anew each time; found by name and by folder."""
    catalogue.add(digits(tmp_path / "mine"))
    kept_digits(own_sets.active(), [1, 1, 7])
    own_sets.create("Bea")
    assert names() == ["mnist", "own", "Bea", "mine", "emnist-digits", "qmnist", "usps"]
    folder = str(home / "data" / "own")
    entry = catalogue.find("own")
    assert entry == catalogue.Entry("own", "own", "own", 3, 2, folder, catalogue.Availability.READY, folder)
    assert catalogue.find(folder) == catalogue.add(folder) == entry
    kept_digits(own_sets.active(), [2])
    assert (catalogue.find("own").images, catalogue.find("Bea").images) == (4, 0)


def test_names_of_own_sets_are_unique_in_the_catalogue(tmp_path: Path) -> None:
    """A folder that was added first keeps its name, and one that is added later makes way."""
    catalogue.add(digits(tmp_path / "own"))
    kept_digits(own_sets.active(), [1])
    own_sets.create("Bea")
    (tmp_path / "other").mkdir()
    assert catalogue.add(digits(tmp_path / "other" / "Bea")).name == "Bea-2"
    assert names()[1:5] == ["own-2", "Bea", "own", "Bea-2"]
    assert catalogue.find("own-2").kind == "own" and catalogue.find("own").kind == "folder"


def test_own_sets_cannot_be_taken_off_the_catalogue(home: Path) -> None:
    """There is no way back by adding; the error says what can be removed."""
    kept_digits(own_sets.active(), [1])
    with pytest.raises(DataError, match="own is a set of your own drawings and cannot be removed"):
        catalogue.remove("own")
