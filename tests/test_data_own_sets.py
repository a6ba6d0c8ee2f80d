"""Own sets: what is drawn is kept at once, moved and brought back, and nothing of it is ever lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from drawn import ink, kept_digits
from PIL import Image

from core.data import own_sets
from core.data.own.journal import Journal
from core.data.own_sets import Drawing, OwnSet
from core.drawing.ink import Stroke
from core.errors import DataError
from core.preprocessing import images
from core.system import children


@pytest.fixture
def mine(home: Path) -> OwnSet:
    """The active set before any exists."""
    return own_sets.active()


def pngs(found: OwnSet) -> set[str]:
    """The images of the class folders, below the set."""
    return {path.relative_to(found.folder).as_posix() for path in found.folder.glob("[0-9]/*.png")}


# Keeping


def test_a_kept_drawing_is_an_image_with_its_strokes(mine: OwnSet) -> None:
    """The PNG has the very pixels, the JSON the very strokes, the time and what was asked for."""
    drawn = ink(7, 0.3)
    kept = own_sets.keep(mine, 7, drawn.bitmap, drawn.strokes, asked=7)
    assert np.array_equal(images.decode(kept.path), drawn.bitmap)
    assert own_sets.strokes_of(kept) == drawn.strokes
    said = json.loads(kept.path.with_suffix(".json").read_text())
    assert (said["label"], said["asked"], said["time"]) == (7, 7, kept.time)
    assert (said["width"], said["height"]) == (44, 60)
    assert kept.path.parent == mine.folder / "7" and kept.label == 7
    assert own_sets.drawings(mine) == [kept]


def test_counts_and_order(mine: OwnSet) -> None:
    """Drawings are listed by digit, and in a digit by time; hidden and foreign files do not count."""
    kept = kept_digits(mine, [3, 1, 3, 3, 9])
    (mine.folder / "3" / "notes.txt").write_text("left by somebody")
    (mine.folder / "3" / ".hidden.png").write_bytes(b"")
    assert own_sets.counts(mine) == [0, 1, 0, 3, 0, 0, 0, 0, 0, 1]
    assert own_sets.drawings(mine) == [kept[1], kept[0], kept[2], kept[3], kept[4]]
    times = [each.time for each in kept]
    assert times == sorted(times) and len(set(times)) == 5


def test_a_stopped_clock_gives_names_of_their_own(mine: OwnSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still, or is set back, never writes over a drawing, nor over a removed one."""
    monkeypatch.setattr("core.data.own.drawing_files.time.time_ns", lambda: 1_769_869_500_123_456_000)
    kept = kept_digits(mine, [4, 4, 5])
    assert [each.path.stem for each in kept] == [f"2026-01-31-142500-12345{last}" for last in (6, 7, 8)]
    own_sets.remove(mine, kept[0])
    assert kept_digits(mine, [4])[0].path.stem == "2026-01-31-142500-123459"
    assert kept[1].time == 1_769_869_500.123457


@pytest.mark.parametrize("label", [-1, 10, 3.5])
def test_a_label_that_is_no_digit_is_refused(mine: OwnSet, label: int) -> None:
    """And nothing is written."""
    with pytest.raises(DataError, match="must be a digit"):
        own_sets.keep(mine, label, ink(1).bitmap, ())
    assert not mine.folder.exists()


@pytest.mark.parametrize("bitmap", [np.zeros((0, 4), np.uint8), np.zeros((4, 4)), np.zeros(4, np.uint8)])
def test_a_bitmap_that_is_none_is_refused(mine: OwnSet, bitmap: np.ndarray) -> None:
    """The message says what came and what must come."""
    with pytest.raises(DataError, match=r"must be \(height, width\) of type uint8"):
        own_sets.keep(mine, 1, bitmap, ())


def test_a_folder_that_cannot_be_written_is_an_error_in_words(mine: OwnSet) -> None:
    """Here a file is where the class folder should be; the set is as it was."""
    kept_digits(mine, [2])
    (mine.folder / "1").write_text("in the way")
    with pytest.raises(DataError, match="cannot be changed"):
        kept_digits(mine, [1])
    assert own_sets.counts(mine) == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]


def test_a_full_disk_keeps_nothing_by_halves(mine: OwnSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the PNG cannot be written its JSON goes too, and the next try succeeds."""
    (before,) = kept_digits(mine, [6])
    from core.data.own import drawing_files

    write = drawing_files.write

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drawing_files, "write", full)
    with pytest.raises(DataError, match="No space left on device"):
        kept_digits(mine, [6])
    assert {path.name for path in (mine.folder / "6").iterdir()} == {before.path.name, f"{before.path.stem}.json"}
    monkeypatch.setattr(drawing_files, "write", write)
    kept_digits(mine, [6])
    assert own_sets.counts(mine)[6] == 2 and own_sets.last(mine) == own_sets.drawings(mine)[1]


_TEACH = """
import os, sys
sys.path[:0] = [sys.argv[1]]
from drawn import ink
from core.data import own_sets as own
mine = own.active()
while True:
    drawn = ink(5)
    kept = own.keep(mine, 5, drawn.bitmap, drawn.strokes, 5)
    print(kept.path.name, flush=True)
    print(own.relabel(mine, kept, 8).path.name, flush=True)
"""


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_while_keeping_loses_nothing(mine: OwnSet, seed: int) -> None:
    """Whenever it comes: all that was said to be kept is there, whole, with its strokes, and the set goes on."""
    tests = str(Path(__file__).parent)
    child = subprocess.Popen(
        [sys.executable, "-c", _TEACH, tests], env=children.environment(), stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    said = {child.stdout.readline().strip() for _ in range(random.Random(seed).randrange(4, 14))}
    child.send_signal(signal.SIGKILL)
    said |= {line.strip() for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")}
    child.wait()
    child.stdout.close()
    found = own_sets.drawings(mine)
    assert said <= {each.path.name for each in found}
    for each in found:
        assert np.array_equal(images.decode(each.path), ink(5).bitmap)
        assert own_sets.strokes_of(each) == ink(5).strokes
    before = len(found)
    kept_digits(mine, [5])
    assert sum(own_sets.counts(mine)) == before + 1
    while own_sets.undo(mine):
        pass
    assert own_sets.counts(mine)[5] == before + 1


def test_two_programs_write_one_set(mine: OwnSet) -> None:
    """Four threads, as four windows, keep, relabel, remove and undo at once: every drawing stays somewhere."""
    problems: list[BaseException] = []

    def window(number: int) -> None:
        try:
            for _ in range(6):
                (kept,) = kept_digits(mine, [number])
                own_sets.relabel(mine, kept, 9)
                own_sets.take_back(mine)
                own_sets.undo(mine)
        except BaseException as error:
            problems.append(error)

    windows = [threading.Thread(target=window, args=(number,)) for number in range(4)]
    for each in windows:
        each.start()
    for each in windows:
        each.join()
    assert not problems
    everywhere = [path.name for path in mine.folder.rglob("*.png")]
    assert len(everywhere) == len(set(everywhere)) == 24
    assert len(list(mine.folder.rglob("[!.]*.json"))) == 24


def test_who_holds_a_set_for_too_long_is_not_waited_for(mine: OwnSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that was suspended while it wrote must not freeze the others."""
    from core.data.own import drawings
    from core.system import lock

    kept_digits(mine, [1])
    monkeypatch.setattr(drawings, "locked", lambda path: lock.locked(path, patience=0.05))
    with lock.locked(mine.folder / ".lock"), pytest.raises(DataError, match="locked by another program"):
        kept_digits(mine, [1])


# Changing and undoing


def test_taking_back_and_undoing_it(mine: OwnSet) -> None:
    """The last kept comes off, with its strokes; undo keeps it again, under its name."""
    first, second = kept_digits(mine, [2, 8])
    back = own_sets.take_back(mine)
    assert back is not None and (back.label, back.time) == (8, second.time)
    assert own_sets.strokes_of(back) == ink(8, 1.125).strokes
    assert own_sets.drawings(mine) == [first]
    assert own_sets.take_back(mine) is not None and own_sets.drawings(mine) == []
    assert own_sets.take_back(mine) is None
    assert own_sets.undo(mine) == "The 2 that was taken back is kept again."
    assert own_sets.undo(mine) == "The 8 that was taken back is kept again."
    assert own_sets.drawings(mine) == [first, second] and own_sets.undo(mine) == ""


def test_taking_back_a_certain_one(mine: OwnSet) -> None:
    """A window takes its own drawing back, though another window kept one since, and relabelled it."""
    first, second = kept_digits(mine, [2, 8])
    own_sets.relabel(mine, first, 3)
    back = own_sets.take_back(mine, first)
    assert back is not None and back.label == 3 and own_sets.drawings(mine) == [second]
    with pytest.raises(DataError, match="is no longer in the set own"):
        own_sets.take_back(mine, first)


def test_relabelling_moves_image_and_strokes(mine: OwnSet) -> None:
    """Both lie in the other class folder, the JSON says so, and undo puts every byte back."""
    (kept,) = kept_digits(mine, [1])
    before = kept.path.with_suffix(".json").read_bytes()
    moved = own_sets.relabel(mine, kept, 7)
    assert (moved.label, moved.time, moved.path.parent.name) == (7, kept.time, "7")
    assert json.loads(moved.path.with_suffix(".json").read_text())["label"] == 7
    assert own_sets.strokes_of(moved) == ink(1).strokes and os.listdir(mine.folder / "1") == []  # noqa: PTH208
    assert own_sets.last(mine) == moved
    assert own_sets.undo(mine) == "It is a 1 again, not a 7."
    assert own_sets.drawings(mine) == [kept] and kept.path.with_suffix(".json").read_bytes() == before


def test_relabelling_as_what_it_is_changes_nothing(mine: OwnSet) -> None:
    """There is nothing to undo after it."""
    (kept,) = kept_digits(mine, [1])
    assert own_sets.relabel(mine, kept, 1) == kept
    assert own_sets.undo(mine) == ""


def test_undo_goes_back_step_by_step_after_a_restart(mine: OwnSet) -> None:
    """Each program reads the journal anew, so that nothing depends on this one."""
    kept = kept_digits(mine, [0, 1, 2])
    moved = own_sets.relabel(mine, kept[0], 6)
    own_sets.remove(mine, moved)
    own_sets.remove(mine, kept[2])
    code = "from core.data import own_sets as own\nwhile said := own.undo(own.active()): print(said)"
    result = subprocess.run(
        [sys.executable, "-c", code], env=children.environment(), capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines() == [
        "The 2 that was removed is back.",
        "The 6 that was removed is back.",
        "It is a 0 again, not a 6.",
    ]
    assert own_sets.drawings(mine) == kept


def test_removed_drawings_are_not_deleted(mine: OwnSet) -> None:
    """Not even two of one name, from two digits."""
    for label in ("3", "5"):
        (mine.folder / label).mkdir(parents=True)
        Image.fromarray(np.full((9, 9), int(label), np.uint8)).save(mine.folder / label / "same.png")
    for drawing in own_sets.drawings(mine):
        own_sets.remove(mine, drawing)
    removed = sorted((mine.folder / ".removed").glob("*.png"))
    assert [path.name for path in removed] == ["same-2.png", "same.png"]
    assert {int(images.decode(path)[0, 0]) for path in removed} == {3, 5}
    own_sets.undo(mine)
    own_sets.undo(mine)
    assert pngs(mine) == {"3/same.png", "5/same.png"}


def test_relabelling_never_writes_over_another(mine: OwnSet) -> None:
    """An image of that name in the other digit keeps its own."""
    for label in ("3", "5"):
        (mine.folder / label).mkdir(parents=True)
        Image.fromarray(np.full((9, 9), int(label), np.uint8)).save(mine.folder / label / "same.png")
    own_sets.relabel(mine, own_sets.drawings(mine)[0], 5)
    assert pngs(mine) == {"5/same.png", "5/same-2.png"}
    own_sets.undo(mine)
    assert pngs(mine) == {"3/same.png", "5/same.png"}
    assert images.decode(mine.folder / "3" / "same.png")[0, 0] == 3


def test_a_drawing_that_is_gone_is_an_error_in_words(mine: OwnSet) -> None:
    """Another program removed it since the list was read; one that was moved is found."""
    first, second = kept_digits(mine, [4, 4])
    own_sets.relabel(mine, first, 9)
    assert own_sets.relabel(mine, first, 2).label == 2
    own_sets.remove(mine, second)
    with pytest.raises(DataError, match="is no longer in the set own"):
        own_sets.remove(mine, second)


@pytest.mark.parametrize("content", [b"", b"no json", b"[" * 100_000, b'{"strokes": [{"points": []}]}', b"\xff\xfe"])
def test_a_damaged_json_does_not_spoil_the_drawing(mine: OwnSet, content: bytes) -> None:
    """It has no strokes to tell, is moved as it is, and comes back byte for byte."""
    (kept,) = kept_digits(mine, [4])
    kept.path.with_suffix(".json").write_bytes(content)
    assert own_sets.strokes_of(kept) == ()
    moved = own_sets.relabel(mine, kept, 5)
    assert moved.path.with_suffix(".json").read_bytes() == content
    own_sets.undo(mine)
    assert kept.path.with_suffix(".json").read_bytes() == content and own_sets.drawings(mine) == [kept]


def test_a_damaged_journal_is_read_past(mine: OwnSet) -> None:
    """A line that a kill cut off, or that is nonsense, costs only itself; one that points outside is not followed."""
    (kept,) = kept_digits(mine, [4])
    own_sets.remove(mine, kept)
    outside = mine.folder.parent / "outside.png"
    outside.write_bytes(b"")
    evil = {"id": "x", "do": "remove", "from": "4/in.png", "to": "../outside.png"}
    with (mine.folder / "journal.jsonl").open("ab") as file:
        file.write(f'\xff\n[]\n{json.dumps(evil)}\n{{"id": "y", "do": "rem'.encode("latin-1"))
    kept_digits(mine, [5])
    assert own_sets.undo(mine) == "The 4 that was removed is back."
    assert outside.exists() and own_sets.counts(mine)[4] == 1


def test_a_move_that_a_kill_prevented_is_not_undone(mine: OwnSet) -> None:
    """The journal is written first; what it says of files that were never moved is passed over."""
    kept = kept_digits(mine, [4, 6])
    own_sets.remove(mine, kept[0])
    journal = Journal(mine.folder / "journal.jsonl")
    journal.append("relabel", f"6/{kept[1].path.name}", f"0/{kept[1].path.name}")
    assert own_sets.undo(mine) == "The 4 that was removed is back."
    assert own_sets.drawings(mine) == kept


def test_images_of_other_origin_are_drawings_without_strokes(mine: OwnSet) -> None:
    """They are listed with the time of the file, relabelled and removed as any."""
    (mine.folder / "3").mkdir(parents=True)
    photo = mine.folder / "3" / "Photo 1.JPG"
    Image.fromarray(np.zeros((20, 20), np.uint8)).save(photo, "JPEG")
    os.utime(photo, (1_000_000_000, 1_000_000_000))
    (found,) = own_sets.drawings(mine)
    assert found == Drawing(photo, 3, 1_000_000_000.0) and own_sets.strokes_of(found) == ()
    assert own_sets.relabel(mine, found, 0).path == mine.folder / "0" / "Photo 1.JPG"
    assert own_sets.last(mine) is None


# Sets and their names


def test_before_the_first_drawing_there_is_no_set(home: Path) -> None:
    """Looking writes nothing, and there is nothing to undo."""
    mine = own_sets.active()
    assert (mine, own_sets.sets()) == (OwnSet(home / "data" / "own", "own"), [])
    assert (own_sets.counts(mine), own_sets.drawings(mine), own_sets.undo(mine)) == ([0] * 10, [], "")
    assert not home.exists()


def test_several_people_have_sets_of_their_own(home: Path) -> None:
    """Folders are ours, names are theirs, and which one is active is remembered."""
    kept_digits(own_sets.active(), [1])
    anna, name = own_sets.create("Änna / 班 “3b” #½"), own_sets.create("  ../x  ")
    assert [each.folder.name for each in own_sets.sets()] == ["own", "own-2", "own-3"]
    assert (anna.name, name.name) == ("Änna / 班 “3b” #½", "../x")
    assert own_sets.active().name == "own"
    own_sets.activate(anna)
    assert own_sets.active() == anna
    assert own_sets.rename(anna, "Anna") == OwnSet(anna.folder, "Anna") == own_sets.active()
    assert own_sets.at(anna.folder) == own_sets.active() and own_sets.at(home) is None


def test_the_first_set_can_be_named_before_it_exists(home: Path) -> None:
    """A person who says who they are before they draw."""
    own_sets.rename(own_sets.active(), "Bea")
    kept_digits(own_sets.active(), [1])
    assert [(each.name, each.folder.name) for each in own_sets.sets()] == [("Bea", "own")]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("", "needs a name"),
        (" \t ", "needs a name"),
        ("a" * 41, "has 41 characters; at most 40"),
        ("a\x1b[31m", "cannot be shown"),
        ("\udcff", "cannot be shown"),
        ("ANNA", "already a data set called ANNA"),
        ("mnist", "already a data set called mnist"),
        ("usps", "already a data set called usps"),
    ],
)
def test_names_that_cannot_be_taken(home: Path, name: str, complaint: str) -> None:
    """Neither for a new set nor for another one; the error says why, and nothing changes."""
    anna, bea = own_sets.create("Anna"), own_sets.create("Bea")
    attempts: tuple[Callable[[], OwnSet], ...] = (lambda: own_sets.create(name), lambda: own_sets.rename(bea, name))
    for attempt in attempts:
        with pytest.raises(DataError, match=complaint):
            attempt()
    assert own_sets.sets() == [anna, bea]
    assert own_sets.rename(anna, "ANNA").name == "ANNA"


def test_many_programs_make_sets_at_once(home: Path) -> None:
    """Each name is taken once, and every set has a folder of its own."""
    made: list[OwnSet] = []
    refused: list[DataError] = []

    def make(name: str) -> None:
        try:
            made.append(own_sets.create(name))
        except DataError as error:
            refused.append(error)

    threads = [threading.Thread(target=make, args=(f"set {number // 2}",)) for number in range(10)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(made) == len({each.folder for each in made}) == 5 and len(refused) == 5
    assert sorted(each.name for each in own_sets.sets()) == [f"set {number}" for number in range(5)]
    assert [path.name for path in (home / "data").iterdir() if path.name.startswith(".")] == []


def test_a_damaged_name_is_the_folders(home: Path) -> None:
    """What is in `set.json` may be anything; so may the memory of the active set."""
    made = own_sets.create("Anna")
    for content in (b"", b"[]", b"\xff", b'{"name": 3}', b'{"name": "a\\u001b"}', b"[" * 100_000):
        (made.folder / "set.json").write_bytes(content)
        (home / "data" / "own-sets.json").write_bytes(content)
        assert own_sets.sets() == [OwnSet(made.folder, "own-2")] and own_sets.active().folder == made.folder
    own_sets.rename(made, "Anna")
    assert own_sets.active().name == "Anna"


def test_a_set_whose_folder_is_gone_cannot_be_chosen(home: Path) -> None:
    """Somebody moved it away; whoever had chosen it draws into one that is there."""
    kept_digits(own_sets.active(), [1])
    gone = own_sets.create("Gone")
    own_sets.activate(gone)
    gone.folder.rename(home / "elsewhere")
    assert own_sets.active().name == "own"
    for attempt in (lambda: own_sets.activate(gone), lambda: own_sets.rename(gone, "Other")):
        with pytest.raises(DataError, match="the data set Gone is gone"):
            attempt()


def test_listing_imports_nothing_large(home: Path) -> None:
    """The interface asks at its start which sets there are and how many drawings they hold."""
    kept_digits(own_sets.active(), [1])
    code = (
        "import sys\nfrom core.data import own_sets as own\nfrom core.drawing import draft\n"
        "print([own.counts(each) for each in own.sets()], own.active().name)\n"
        "print({'numpy', 'torch', 'PIL'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], env=children.environment(), capture_output=True, text=True, check=True
    )
    assert result.stdout == "[[0, 1, 0, 0, 0, 0, 0, 0, 0, 0]] own\nset()\n"


def test_strokes_keep_every_figure(mine: OwnSet) -> None:
    """Coordinates of a mouse, and of a canvas that was resized, are no round numbers."""
    strokes = (Stroke(2.1 / 3, False, [(1 / 3, 2 / 7), (1e-9, 59.999999999)]), Stroke(1.0, True, [(4.0, 5.0)]))
    kept = own_sets.keep(mine, 1, ink(1).bitmap, strokes)
    assert own_sets.strokes_of(kept) == strokes
