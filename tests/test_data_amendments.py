"""What a person decides about images is kept beside them, obeyed, and taken back; nothing of theirs is changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from waiting import LONGEST

from core.data import amendments
from core.data.amendments import NAME
from core.errors import DataError
from core.system import atomic, children


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two images."""
    for name in ("3/a.png", "7/b.png"):
        (tmp_path / "set" / name).parent.mkdir(parents=True)
        (tmp_path / "set" / name).write_bytes(b"as it was")
    return tmp_path / "set"


def decided(folder: Path) -> dict[str, int | None]:
    """Labels by path."""
    return {path: each.label for path, each in amendments.read(folder).items()}


def test_decisions_are_kept_and_taken_back_in_turn(folder: Path) -> None:
    """Leave out, relabel, change one's mind, withdraw; then undo, again and again, to the beginning."""
    before = time.time()
    amendments.leave_out(folder, "3/a.png")
    amendments.relabel(folder, "7/b.png", 1)
    amendments.relabel(folder, "3/a.png", 8)
    amendments.withdraw(folder, "7/b.png")
    assert decided(folder) == {"3/a.png": 8}
    kept = amendments.read(folder)["3/a.png"]
    assert (kept.path, kept.was) == ("3/a.png", 3) and before <= kept.time <= time.time() + 1
    taken = [amendments.undo(folder)]
    assert decided(folder) == {"3/a.png": 8, "7/b.png": 1}
    taken.append(amendments.undo(folder))
    assert decided(folder) == {"3/a.png": None, "7/b.png": 1}
    taken += [amendments.undo(folder), amendments.undo(folder)]
    assert decided(folder) == {}
    assert [(each.path, each.label) for each in taken if each] == [
        ("7/b.png", 7),
        ("3/a.png", 8),
        ("7/b.png", 1),
        ("3/a.png", None),
    ]
    assert amendments.undo(folder) is None
    assert {path.name for path in folder.iterdir()} == {"3", "7"}
    assert (folder / "3" / "a.png").read_bytes() == b"as it was"


def test_they_go_where_the_folder_goes(folder: Path, tmp_path: Path) -> None:
    """A folder that was moved brings its decisions."""
    amendments.leave_out(folder, "3/a.png")
    folder.rename(tmp_path / "elsewhere")
    assert decided(tmp_path / "elsewhere") == {"3/a.png": None}


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_folder_is_decided_about_elsewhere(folder: Path) -> None:
    """The person's own data keep what the folder cannot."""
    folder.chmod(0o500)
    try:
        _decide_elsewhere(folder)
    finally:
        folder.chmod(0o700)


def test_where_the_folder_refuses_the_home_keeps_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for every user: the folder refuses by an error."""
    write = amendments._write

    def refusing(path: Path, journal: Any) -> None:
        if path.parent == folder:
            raise PermissionError(13, "Permission denied")
        write(path, journal)

    monkeypatch.setattr(amendments, "_write", refusing)
    _decide_elsewhere(folder)


def _decide_elsewhere(folder: Path) -> None:
    amendments.leave_out(folder, "3/a.png")
    amendments.relabel(folder, "7/b.png", 1)
    assert not (folder / NAME).exists()
    assert decided(folder) == {"3/a.png": None, "7/b.png": 1}
    assert decided(folder / ".." / folder.name) == {"3/a.png": None, "7/b.png": 1}
    undone = amendments.undo(folder)
    assert undone is not None and undone.path == "7/b.png"
    assert decided(folder) == {"3/a.png": None}


def test_a_lent_folder_and_own_decisions_are_read_as_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two journals the later decision counts, and undo takes back only what may be written."""
    amendments.relabel(folder, "3/a.png", 5)
    amendments.relabel(folder, "7/b.png", 1)
    write = amendments._write

    def refusing(path: Path, journal: Any) -> None:
        if path.parent == folder:
            raise PermissionError(13, "Permission denied")
        write(path, journal)

    monkeypatch.setattr(amendments, "_write", refusing)
    amendments.leave_out(folder, "3/a.png")
    assert decided(folder) == {"3/a.png": None, "7/b.png": 1}
    assert amendments.undo(folder) is not None
    assert decided(folder) == {"3/a.png": 5, "7/b.png": 1}
    assert amendments.undo(folder) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b"{}", b'{"decisions": {}}', b"[" * 100_000,
     b'{"decisions": ' + b"[" * 500 + b"]" * 500 + b"}", b'{"decisions": [1' + b"0" * 5000 + b"]}"],
)  # fmt: skip
def test_a_damaged_journal_is_set_aside_not_lost(folder: Path, content: bytes) -> None:
    """It counts as none, is said, and the next decision gives it another name."""
    (folder / NAME).write_bytes(content)
    assert decided(folder) == {}
    (complaint,) = amendments.complaints(folder)
    assert "damaged" in complaint
    amendments.leave_out(folder, "3/a.png")
    assert decided(folder) == {"3/a.png": None} and amendments.complaints(folder) == ()
    assert [path.read_bytes() for path in folder.glob(".digits-tui.damaged-*.json")] == [content]


_SOUND = {"path": "7/b.png", "label": 1, "was": 7, "time": 5.0}


@pytest.mark.parametrize(
    "entry",
    [
        {}, [], None, 5, "text", {**_SOUND, "label": 12}, {**_SOUND, "label": 10**400}, {**_SOUND, "label": "letter a"},
        {**_SOUND, "label": True}, {**_SOUND, "was": 3}, {**_SOUND, "was": 10**400}, {**_SOUND, "was": "7"},
        {**_SOUND, "path": "../7/b.png"}, {**_SOUND, "path": 7}, {**_SOUND, "path": "7/b\0"},
        {**_SOUND, "time": 10**400},
        {**_SOUND, "time": 1e308}, {**_SOUND, "time": float("nan")}, {**_SOUND, "time": -1}, {**_SOUND, "time": "now"},
        {**_SOUND, "time": True}, {"path": "7/b.png", "turned": 90},
    ],
    ids=lambda entry: f"{entry!r:.60}",
)  # fmt: skip
def test_an_entry_that_nobody_understands_is_named_and_kept(folder: Path, entry: object) -> None:
    """The others are obeyed; what a later version wrote is still there after decisions of this one."""
    content = {"version": 2, "by": "ada", "decisions": [entry, {**_SOUND, "path": "3/a.png", "was": 3, "why": "blot"}]}
    (folder / NAME).write_text(json.dumps(content))
    assert decided(folder) == {"3/a.png": 1}
    (complaint,) = amendments.complaints(folder)
    assert complaint.startswith("1 decision of your check-up in ") and "cannot be understood" in complaint
    amendments.leave_out(folder, "7/b.png")
    assert decided(folder) == {"3/a.png": 1, "7/b.png": None}
    assert amendments.undo(folder) is not None
    assert repr(json.loads((folder / NAME).read_text())) == repr(content)
    assert amendments.undo(folder) is not None and amendments.undo(folder) is None
    assert repr(json.loads((folder / NAME).read_text())["decisions"]) == repr([entry])


@pytest.mark.parametrize("path", ["a.png", "/3/a.png", "../3/a.png", "letters/a.png", "", "3/../4/a.png", "3"])
def test_only_images_of_class_folders_can_be_decided_about(folder: Path, path: str) -> None:
    """The message says what a path looks like."""
    with pytest.raises(DataError, match=r"3/image\.png"):
        amendments.leave_out(folder, path)


@pytest.mark.parametrize("label", [-1, 10, True, "3", None])
def test_a_label_is_a_digit(folder: Path, label: object) -> None:
    """Nothing else is kept."""
    with pytest.raises(DataError, match="0 to 9"):
        amendments.relabel(folder, "3/a.png", label)  # type: ignore[arg-type]  # that is the point


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    """Decisions need a folder; reading none does not."""
    with pytest.raises(DataError, match="nowhere"):
        amendments.leave_out(tmp_path / "nowhere", "3/a.png")
    assert amendments.read(tmp_path / "nowhere") == {}


def test_strange_names_are_kept(folder: Path) -> None:
    """Bytes that are no UTF-8, and line ends."""
    for name in (os.fsdecode(b"3/\xff\xfe.png"), "3/a\nb.png", "train/3/ä.png"):
        amendments.leave_out(folder, name)
        assert name in amendments.read(folder)


def test_many_at_once_lose_nothing(folder: Path) -> None:
    """Threads and another process decide at the same time: all decisions are there."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom core.data import amendments\n"
        "for turn in range(20):\n    amendments.leave_out(Path(sys.argv[1]), f'7/other-{turn}.png')\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(folder)], env=children.environment())

    def decide(who: int) -> None:
        for turn in range(10):
            amendments.leave_out(folder, f"3/{who}-{turn}.png")

    threads = [threading.Thread(target=decide, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other.wait(LONGEST) == 0
    assert len(amendments.read(folder)) == 50
    times = [each["time"] for each in json.loads((folder / NAME).read_text())["decisions"]]
    assert times == sorted(set(times))


def test_a_full_disk_loses_no_decision(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was decided before stays, and the message says why the new one does not."""
    amendments.leave_out(folder, "3/a.png")

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "write_text", full)
    with pytest.raises(DataError, match="No space left"):
        amendments.leave_out(folder, "7/b.png")
    assert decided(folder) == {"3/a.png": None}
