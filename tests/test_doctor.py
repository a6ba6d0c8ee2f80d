"""The room of `doctor`: each kind of damage is made for real, found and named, and nothing is changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from drawn import kept_digits
from packaging.specifiers import SpecifierSet
from trained import trained

from core import paths
from core.__main__ import main
from core.config.configuration import TrainingConfig
from core.data import additions, amendments, cache, mnist, own_sets
from core.data.own_sets import OwnSet
from core.doctor import (
    data_files,
    examination,
    folders,
    leftovers,
    own_drawings,
    run_files,
    saved_states,
    shipped,
    versions,
)
from core.doctor.diagnosis import Diagnosis, Examined, Health, Remedy, Section, fine, note, problem
from core.doctor.path_text import path_text, remedy, without_home
from core.doctor.requirement import Requirement, requirements
from core.drawing import draft
from core.networks import checkpoint
from core.runs import preferences
from core.runs.events import Finished, Note, Stopped
from core.runs.run import Run, create_run
from core.runs.writer import RunWriter
from core.system import children, lock

Tree = dict[str, tuple[int, bytes]]


def nothing(done: int, total: int, things: str) -> None:
    """Is told how far the work is."""


def of(lines: list[Examined] | Section, name: str) -> Examined:
    """The one line of this name."""
    found = lines.lines if isinstance(lines, Section) else lines
    (line,) = [each for each in found if each.name == name]
    return line


def mended(line: Examined) -> Remedy:
    """What mends it."""
    assert line.remedy is not None
    return line.remedy


def tree(folder: Path) -> Tree:
    """Each file and folder with the time of its change and its bytes."""
    found = {}
    for each in sorted([folder, *folder.rglob("*")]):
        content = each.read_bytes() if each.is_file() else b""
        found[str(each.relative_to(folder))] = (each.lstat().st_mtime_ns, content)
    return found


def aged(path: Path) -> Path:
    """Written an hour ago."""
    os.utime(path, (time.time() - 3600,) * 2)
    return path


@pytest.fixture
def run(home: Path) -> Run:
    """A run that was stopped, with a model."""
    made = create_run(TrainingConfig())
    with RunWriter(made) as writer:
        writer.append(Note("begins"))
        writer.append(Stopped(epoch=1, step=3, seconds=1.5, checkpoint="model.npz"))
    trained(made.model)
    return made


@pytest.fixture
def own(home: Path) -> OwnSet:
    """An own set with three drawings."""
    found = own_sets.active()
    kept_digits(found, [1, 2, 3])
    return found


@pytest.fixture
def whole(run: Run, own: OwnSet, small_set: Path, tmp_path: Path) -> Path:
    """A home with something sound of each kind."""
    paths.user_data().joinpath("drafts").mkdir()
    shutil.copy(next((own.folder / "1").glob("*.json")), paths.user_data() / "drafts" / "1.json")
    cache.write(small_set, {"images": np.zeros(3)})
    preferences.keep(run.model)
    with additions.changing() as sets:
        sets.append({"name": "mine", "path": str(small_set), "kind": "archive"})
    amendments.leave_out(own.folder, "1/a.png")
    own_sets.create("Anna")
    downloads = paths.user_data() / "downloads"
    downloads.mkdir()
    shutil.copy(small_set, downloads / "usps.npz")
    return paths.home()


def your_files(quick: bool = False) -> list[Examined]:
    """All lines on the user's files."""
    lines = run_files.examine(nothing, quick) + own_drawings.examine(nothing, quick)
    return lines + data_files.examine(nothing, quick) + leftovers.examine(data_files.catalogued_folders())


# The report


def test_problems_come_first_among_what_is_to_be_mended() -> None:
    """Each remedy once; what is only worth knowing is no problem."""
    first, later = Remedy("Mend it:", "true"), Remedy("Mend it some day.")
    lines = (fine("a", "well"), note("b", "so", later), problem("c", "bad", first), problem("d", "bad", first))
    found = Diagnosis((Section("one", lines),))
    assert found.problems == 2
    assert found.remedies == (first, later)


def test_the_home_folder_is_shown_as_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In paths, messages and commands, which the shell can still read; without a home they stay as they are."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert path_text(tmp_path / "a b") == "~/a b"
    assert path_text(tmp_path) == "~" and path_text(f"{tmp_path}x") == f"{tmp_path}x"
    assert without_home(f"no {tmp_path}/x here") == "no ~/x here"
    (tmp_path / "a b").write_text("")
    line = remedy("Look", "ls", [tmp_path / "a b", Path("/etc/passwd")]).command
    assert line == "ls ~/'a b' /etc/passwd"
    assert subprocess.run(["sh", "-c", line], capture_output=True, check=True, text=True).stdout.count("\n") == 2
    monkeypatch.setenv("HOME", "/")
    assert path_text("/etc") == "/etc"
    many = remedy("Remove them", "rm", [Path(f"/{index}") for index in range(5)], "now")
    assert many == Remedy("Remove them (likewise 2 more, which --json names):", "rm /0 /1 /2 now")


# Versions


@pytest.mark.parametrize("bounds", ["", ">=2.6,<2.16", ">=11", ">=8.2.8,<9", "==15.0.0", "!=2.7,>2.6.0", "<=2.16"])
@pytest.mark.parametrize(
    "version", ["2.6", "2.6.0", "2.7.0", "2.15.3+cpu", "2.16", "2.16.1", "8.2.8", "9.0.0", "15", "11.0"]
)
def test_bounds_are_those_of_pip(bounds: str, version: str) -> None:
    """The same answer as `packaging` gives, which pip uses and which only tests have."""
    assert Requirement("torch", bounds).allows(version) == SpecifierSet(bounds).contains(version)


def test_a_version_outside_its_bounds_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is a package that is missing and a Python that is too old; each says what is needed and how to get it."""
    assert all(line.health is Health.FINE for line in versions.examine().lines)
    assert {"torch", "textual", "psutil"} <= {each.name for each in requirements()}
    wanted = [Requirement("Python", ">=4.0"), Requirement("torch", ">=99"), Requirement("nothing-of-this-name", "<3")]
    monkeypatch.setattr(versions, "requirements", lambda: wanted)
    found = versions.examine()
    assert all(of(found, each.name).health is Health.PROBLEM for each in wanted)
    assert mended(of(found, "torch")).command == "python -m pip install 'torch>=99'"
    assert of(found, "nothing-of-this-name").words.startswith("missing")
    monkeypatch.setattr(versions, "requirements", list)
    assert of(versions.examine(), "packages").health is Health.NOTE


# Folders


def test_a_home_that_is_not_there_yet_is_no_problem(home: Path) -> None:
    """And it is not made."""
    found = folders.examine()
    assert all(line.health is not Health.PROBLEM for line in found.lines)
    assert "made when it is needed" in of(found, "home").words
    assert not home.exists()


def test_what_stands_in_the_place_of_a_folder_is_named(home: Path) -> None:
    """A file that is called data."""
    home.mkdir()
    (home / "data").write_text("")
    found = folders.examine()
    assert of(found, "data").health is Health.PROBLEM and "is no folder" in of(found, "data").words
    assert of(found, "cache").health is Health.PROBLEM
    assert of(found, "locks").health is Health.FINE


def test_locks_are_tried_and_nothing_stays(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without locks and a full disk are problems; the file that was tried with is gone."""
    (home / "data").mkdir(parents=True)
    before = tree(home)
    assert of(folders.examine(), "locks").health is Health.FINE
    assert tree(home) == before

    def none(path: Path) -> int:
        raise lock.NoLocksError(path, "Operation not supported")

    monkeypatch.setattr(lock, "take", none)
    found = of(folders.examine(), "locks")
    assert found.health is Health.PROBLEM and "Operation not supported" in found.words
    assert tree(home) == before


def _as_nobody(code: str, *arguments: str, **variables: str) -> Section:
    """The section that `code` calls `found`, made by a person with few rights."""
    # What is imported lies in places that only the person who runs the tests may look into.
    become = "import os, numpy\nif os.geteuid() == 0:\n    os.setgid(65534); os.setuid(65534)\n"
    lines = ["import json, sys", "from core.doctor import examination, folders", become, code]
    done = subprocess.run(
        [sys.executable, "-P", "-c", "\n".join([*lines, "print(json.dumps(found.to_json()))"]), *arguments],
        env={**children.environment(), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Section.from_json(json.loads(done.stdout))


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that everybody may look into; those of pytest are for one person."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_home_that_cannot_be_written_is_a_problem(shared: Path) -> None:
    """There or missing, and each says what to do; a person whom the system does not know has none at all."""
    closed = Path(tempfile.mkdtemp(dir=shared))
    closed.chmod(0o555)
    found = _as_nobody("found = folders.examine()", DIGITS_HOME=str(closed))
    assert of(found, "home").health is Health.PROBLEM and "dr-xr-xr-x" in of(found, "home").words
    assert mended(of(found, "home")).command.startswith(("chmod u+rwx", "sudo chown"))
    assert "cannot be made" in of(found, "data").words
    found = _as_nobody("found = folders.examine()", DIGITS_HOME=str(closed / "below"))
    assert of(found, "home").health is Health.PROBLEM and "DIGITS_HOME" in mended(of(found, "home")).command
    found = _as_nobody("found = folders.examine()", DIGITS_HOME="~nobody-knows-me/x")
    assert of(found, "home").health is Health.PROBLEM and "nobody-knows-me" in of(found, "home").words


def test_folders_that_may_not_be_opened_are_said(shared: Path) -> None:
    """Each part of the user's files for itself; the report goes on."""
    for name in ("data", "checkpoints"):
        shared.joinpath("home", name).mkdir(parents=True)
        shared.joinpath("home", name).chmod(0)
    shared.joinpath("home").chmod(0o755)
    report = "found = examination._your_files(lambda *told: None, False)"
    found = _as_nobody(report, DIGITS_HOME=str(shared / "home"))
    refused = [line.name for line in found.lines if line.health is Health.PROBLEM and "Permission" in line.words]
    assert "runs" in refused and refused[1:]
    shared.joinpath("home").chmod(0)
    assert _as_nobody(report, DIGITS_HOME=str(shared / "home")).lines
    assert of(_as_nobody("found = folders.examine()", DIGITS_HOME=str(shared / "home")), "data").health == "problem"
    for name in ("data", "checkpoints"):
        shared.joinpath("home", name).chmod(0o755)


def test_a_disk_with_little_room_is_a_problem(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few bytes or few files; a disk that counts no files has enough of them."""
    home.mkdir()
    real = os.statvfs(home)

    def with_free(size: int, files: int, all_files: int) -> Examined:
        values = list(real)
        values[4], values[5], values[7] = size // real.f_frsize, all_files, files
        monkeypatch.setattr(os, "statvfs", lambda path: os.statvfs_result((*values, real.f_fsid)))
        return of(folders.examine(), "room")

    assert with_free(2**40, 10**6, 10**7).health is Health.FINE
    assert with_free(2**20, 10**6, 10**7).health is Health.PROBLEM
    assert with_free(2**40, 3, 10**7).health is Health.PROBLEM
    assert with_free(2**40, 0, 0).health is Health.FINE


# What came with the program


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped files, copied, so that they can be damaged."""
    place = tmp_path / "shipped"
    for parts in (("data", "mnist"), ("checkpoints",)):
        place.joinpath(*parts).mkdir(parents=True)
    for name in mnist.FILES:
        place.joinpath("data", "mnist", name).symlink_to(paths.shipped("data", "mnist", name))
    shutil.copy(paths.shipped_checkpoint(), place / "checkpoints")
    monkeypatch.setattr(paths, "shipped", lambda *parts: place.joinpath(*parts))
    return place


def test_shipped_files_that_are_as_they_should_be(installation: Path) -> None:
    """All is well, and nothing is noted down about it."""
    assert all(line.health is Health.FINE for line in shipped.examine().lines)
    assert not paths.home().exists()


def test_a_missing_and_a_changed_file_of_mnist_are_named(installation: Path) -> None:
    """With the reason of each."""
    missing, changed = list(mnist.FILES)[:2]
    (installation / "data" / "mnist" / missing).unlink()
    content = bytearray((installation / "data" / "mnist" / changed).read_bytes())
    content[1000] ^= 1
    (installation / "data" / "mnist" / changed).unlink()
    (installation / "data" / "mnist" / changed).write_bytes(content)
    found = of(shipped.examine(), "MNIST")
    assert found.health is Health.PROBLEM and found.words == "2 of 4 files cannot be used"
    assert missing in found.details[0] and "md5" in found.details[1] and changed in found.details[1]


def test_each_flipped_byte_of_the_shipped_model_that_counts_is_found(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever it is, the weights are either found to be damaged or still what they were."""
    monkeypatch.setattr(mnist, "verify", lambda name: None)  # takes most of the time
    path = installation / "checkpoints" / "shipped.npz"
    whole = path.read_bytes()
    weights = checkpoint.load(path)[0].state_dict()
    found = 0
    for place in range(0, len(whole), len(whole) // 25):
        changed = bytearray(whole)
        changed[place] ^= 0x40
        path.write_bytes(changed)
        line = of(shipped.examine(), "model")
        found += line.health is Health.PROBLEM
        if line.health is Health.FINE:
            again = checkpoint.load(path)[0].state_dict()
            assert all(torch.equal(again[name], weights[name]) for name in weights)
        else:
            assert line.remedy and "shipped.npz" in line.words
    assert found > 20


# Runs


def test_a_whole_home_has_nothing_to_mend(whole: Path) -> None:
    """Also when drawings, caches and weights are not opened."""
    for quick in (False, True):
        bad = [line for line in your_files(quick) if line.health is not Health.FINE and line.name != "drafts"]
        assert bad == []


def _write(name: str, content: bytes) -> Callable[[Run], None]:
    def write(run: Run) -> None:
        (run.path / name).write_bytes(content)

    return write


def _append(content: bytes) -> Callable[[Run], None]:
    def append(run: Run) -> None:
        run.events.write_bytes(run.events.read_bytes() + content)

    return append


def _flip(name: str) -> Callable[[Run], None]:
    def flip(run: Run) -> None:
        content = bytearray((run.path / name).read_bytes())
        content[len(content) // 2] ^= 1
        (run.path / name).write_bytes(content)

    return flip


def _not_finite(run: Run) -> None:
    network, header = checkpoint.load(run.model)
    weights = network.state_dict()
    name = next(name for name, tensor in weights.items() if tensor.is_floating_point())
    weights[name].view(-1)[0] = float("nan")
    checkpoint.save(run.model, weights, header)


@pytest.mark.parametrize(
    ("damage", "name", "said"),
    [
        (_write("config.json", b'{"recipe": 7}'), "config.json", "recipe"),
        (_write("config.json", b"\xff\xfe"), "config.json", "UTF-8"),
        (lambda run: (run.path / "config.json").unlink(), "config.json", "checkpoints/"),
        (_write("summary.json", b"[1"), "summary.json", "line 1"),
        (_write("summary.json", b'"stopped"'), "summary.json", "object"),
        (_append(b'{"event":"note","text":7,"level":"x","time":1}\n'), "events.jsonl", "line 3"),
        (_append(b"\0\0\0\0\n"), "events.jsonl", "line 3"),
        (_append(b"[" * 100_000 + b"\n"), "events.jsonl", "line 3"),
        (_write("model.npz", b"no zip"), "model.npz", "zip"),
        (_flip("model.npz"), "model.npz", "damaged"),
        (_not_finite, "model.npz", "finite"),
    ],
)  # fmt: skip
def test_each_damaged_file_of_a_run_is_named(
    run: Run, damage: Callable[[Run], None], name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run, the file and the reason, and a command after which it is mended."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("EDITOR", "sed -i 3d")
    create_run(TrainingConfig())
    damage(run)
    line = of(run_files.examine(nothing, False), name)
    assert line.health is Health.PROBLEM and line.remedy
    assert len(line.details) == 1 and run.name in line.details[0] and said in line.details[0]
    subprocess.run(["sh", "-c", line.remedy.command], check=True)
    assert [each.name for each in run_files.examine(nothing, False)] == ["runs"]


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(run: Run, own: OwnSet, tmp_path: Path) -> None:
    """Wherever it is: opening it would take for ever, for the app too. A link to a device is one of them."""
    (tmp_path / "mine").mkdir()
    with additions.changing() as sets:
        sets.append({"name": "mine", "path": str(tmp_path / "mine"), "kind": "folder"})
    places = [
        run.events,
        run.path / "log.txt",
        own.folder / "set.json",
        own.folder / "1" / "a.png",
        preferences.file(),
        tmp_path / "mine" / amendments.NAME,
    ]
    for place in places:
        place.unlink(missing_ok=True)
        os.mkfifo(place)
        (line,) = examination._your_files(nothing, False).lines
        assert line.details == (path_text(place),)
        subprocess.run(["sh", "-c", mended(line).command], check=True)
    run.model.unlink()
    run.model.symlink_to("/dev/zero")
    (run.path / "dangling").symlink_to("nowhere")
    (run.path / "round").symlink_to("round")
    (line,) = examination._your_files(nothing, False).lines
    assert line.details == (path_text(run.model),)
    (line,) = examination._states(nothing).lines
    assert "not looked at" in line.words


def test_what_a_kill_leaves_is_worth_knowing_and_no_problem(run: Run) -> None:
    """Half a line at the end, or where the run went on; of a run that goes on now, not even that."""
    whole = run.events.read_bytes()
    for content in (whole + b'{"event":"no', whole + b'{"event":"progress","st\n' + whole):
        run.events.write_bytes(content)
        line = of(run_files.examine(nothing, False), "events.jsonl")
        assert line.health is Health.NOTE and "line 3" in line.details[0]
    held = lock.take(run.path / "lock")
    try:
        assert held is not None
        assert [line.name for line in run_files.examine(nothing, False)] == ["runs"]
    finally:
        os.close(held or 0)


def test_what_a_later_version_wrote_is_no_damage(run: Run) -> None:
    """An unknown event, an unknown status, fields that nobody knows yet."""
    _append(b'{"event":"from 2030","time":1}\n')(run)
    (run.path / "summary.json").write_text('{"status": "from 2030", "event": "from 2030"}')
    assert [line.health for line in run_files.examine(nothing, False)] == [Health.FINE]


def test_a_finished_run_without_its_model_is_a_problem(run: Run) -> None:
    """One that was killed before its first checkpoint is not."""
    run.model.unlink()
    assert [line.name for line in run_files.examine(nothing, False)] == ["runs"]
    with RunWriter(run) as writer:
        writer.append(
            Finished(
                test_accuracy=0.9, test_loss=0.1, test_count=10, validation_accuracy=0.8, seconds=9.5,
                best_validation_accuracy=0.85, best_epoch=2, checkpoint="model.npz",
            )
        )  # fmt: skip
    assert "missing" in of(run_files.examine(nothing, False), "model.npz").details[0]


def test_a_state_that_cannot_be_resumed_from_is_a_problem(run: Run) -> None:
    """It is read as `resume` reads it."""
    assert saved_states.examine(nothing).lines[0].health is Health.FINE
    run.state.write_bytes(b"PK\3\4 and no more")
    (line,) = saved_states.examine(nothing).lines
    assert line.health is Health.PROBLEM and run.name in line.details[0]


# Own sets and smaller files


def test_drawings_and_journals_that_are_damaged_are_named(own: OwnSet) -> None:
    """By their paths, never by the set's name; strokes are worth knowing, since the pixels are used."""
    named = own_sets.rename(own, "Anna")
    kept = own_sets.drawings(named)
    content = kept[0].path.read_bytes()
    kept[0].path.write_bytes(content[: len(content) // 2])
    kept[1].path.with_suffix(".json").write_text('{"strokes": [{"points": []}]}')
    (own.folder / "2" / "scan.jpg").write_bytes(b"<html>")
    journal = own.folder / "journal.jsonl"
    journal.write_bytes(b"half a l\n" + journal.read_bytes() + b'{"id": 7, "do": "keep"}\n')
    (own.folder / "set.json").write_text("{")
    lines = own_drawings.examine(nothing, False)
    drawings = of(lines, "drawings")
    assert drawings.health is Health.PROBLEM and drawings.words.startswith("2 of 4 drawings")
    assert {detail.partition(":")[0] for detail in drawings.details} == {
        path_text(kept[0].path),
        path_text(own.folder / "2" / "scan.jpg"),
    }
    assert of(lines, "strokes").health is Health.NOTE and kept[1].path.stem in of(lines, "strokes").details[0]
    assert of(lines, "journal").details == (f"{path_text(journal)}: lines 1, 5",)
    assert of(lines, "own sets").health is Health.PROBLEM
    assert not any("Anna" in str(line) for line in lines)
    assert of(own_drawings.examine(nothing, True), "drawings").health is Health.FINE


def test_the_catalogue_and_decisions_that_are_damaged_are_named_and_left(tmp_path: Path, own: OwnSet) -> None:
    """The program sets such files aside when it reads them; the doctor does not."""
    folder = tmp_path / "mine"
    (folder / "3").mkdir(parents=True)
    with additions.changing() as sets:
        sets.append({"name": "mine", "path": str(folder), "kind": "folder"})
        sets.append({"name": "gone", "path": str(tmp_path / "gone"), "kind": "folder"})
    (folder / amendments.NAME).write_text('{"version": 1, "decisions": [7]}')
    lines = data_files.examine(nothing, False)
    assert of(lines, "catalogue").health is Health.NOTE and "gone" in of(lines, "catalogue").details[0]
    assert of(lines, "decisions").health is Health.PROBLEM and str(folder) in of(lines, "decisions").details[0]
    additions.file().write_text('{"sets": 7}')
    before = tree(paths.home())
    assert of(data_files.examine(nothing, False), "catalogue").health is Health.PROBLEM
    assert tree(paths.home()) == before


def test_choices_and_drafts_that_are_damaged_are_named(run: Run) -> None:
    """A file that cannot be read, and a model that is gone."""
    preferences.keep(run.model)
    assert of(data_files.examine(nothing, False), "choices").health is Health.FINE
    run.model.unlink()
    assert "is gone" in of(data_files.examine(nothing, False), "choices").words
    preferences.file().write_text("no JSON")
    assert "is damaged" in of(data_files.examine(nothing, False), "choices").words
    drafts = paths.user_data() / "drafts"
    drafts.mkdir()
    (drafts / "2.json").write_text('{"width": -1}')
    (drafts / "2.lock").touch()
    assert of(data_files.examine(nothing, False), "drafts").details == (path_text(drafts / "2.json"),)


def test_caches_are_made_again_and_downloads_are_not(small_set: Path) -> None:
    """So that a damaged cache is worth knowing and a damaged download a problem."""
    cache.write(small_set, {"images": np.arange(1000)})
    (cached,) = (paths.home() / "data" / "cache").glob("*.npz")
    (paths.home() / "data" / "cache" / "verified.json").write_text("[")
    downloads = paths.user_data() / "downloads"
    downloads.mkdir()
    for path, content in (
        (cached, bytearray(cached.read_bytes())),
        (downloads / "usps.npz", bytearray(small_set.read_bytes())),
    ):
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    lines = data_files.examine(nothing, False)
    assert of(lines, "caches").health is Health.NOTE and len(of(lines, "caches").details) == 2
    assert of(lines, "downloads").health is Health.PROBLEM
    assert mended(of(lines, "downloads")).command.endswith("&& digits-tui datasets --download usps")


def test_what_was_set_aside_or_left_by_a_killed_write_is_named(run: Run, own: OwnSet, tmp_path: Path) -> None:
    """In every folder that is written into; what is being written now is none of it."""
    data = paths.user_data()
    (data / "catalogue.damaged-1.json").touch()
    (own.folder / ".digits-tui.damaged-2.json").touch()
    parts = [
        run.path / ".model.npz.abc.part",
        own.folder / "1" / ".a.png.x.part",
        data / ".own-abcd1234",
        paths.user_checkpoints() / ".kept.json.x.part",
    ]
    for part in parts:
        part.mkdir() if part.name.startswith(".own-") else part.touch()
        aged(part)
    (data / ".now.part").touch()
    lines = leftovers.examine([])
    assert len(of(lines, "set aside").details) == 2
    assert set(of(lines, "unfinished").details) == {path_text(part) for part in parts}


def test_a_download_under_way_is_no_leftover(home: Path) -> None:
    """Its folder is old by the time that the last file has come; one without a process is left behind."""
    part = paths.user_data() / "downloads" / ".usps-x.part"
    part.mkdir(parents=True)
    aged(part)
    held = lock.take(part.parent, make=False)
    assert held is not None
    assert of(leftovers.examine([]), "unfinished").health is Health.FINE
    os.close(held)
    assert of(leftovers.examine([]), "unfinished").details == (path_text(part),)


# All of it


def test_nothing_is_changed(whole: Path, run: Run, own: OwnSet, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither of what is sound nor of what is damaged: the same names, times of change and bytes as before."""
    before = tree(whole)
    main(["doctor"])
    assert tree(whole) == before
    _write("config.json", b"{")(run)
    run.state.write_bytes(b"no state")
    _append(b"no event\n")(run)
    additions.file().write_text("{")
    preferences.file().write_text("{")
    own_sets.drawings(own)[0].path.write_bytes(b"")
    (own.folder / amendments.NAME).write_text("{")
    aged(run.path / "config.json")
    before = tree(whole)
    capsys.readouterr()
    assert main(["doctor"]) == 1
    assert tree(whole) == before
    said = capsys.readouterr().out
    assert "Anna" not in said
    for name in ("config.json", "state.pt", "events.jsonl", "catalogue", "choices", "drawings", "decisions"):
        assert f"✗ {name}" in said, name


def test_a_thousand_runs_are_told_of_as_they_are_read(home: Path) -> None:
    """Each with how many there are, so that a person sees that it goes on."""
    template = create_run(TrainingConfig())
    for number in range(200):
        shutil.copytree(template.path, template.path.with_name(f"run-{number}"))
    told: list[tuple[int, int, str]] = []
    run_files.examine(lambda *what: told.append(what), False)
    assert told[-1] == (201, 201, "runs") and len(told) > 2


def test_a_draft_is_read_without_taking_its_lock(home: Path, own: OwnSet) -> None:
    """Reading one leaves the lock to the window whose draft it is."""
    drafts = paths.user_data() / "drafts"
    drafts.mkdir()
    (drafts / "1.json").write_text(next((own.folder / "1").glob("*.json")).read_text())
    assert draft.read(drafts / "1.json") is not None
    assert sorted(each.name for each in drafts.iterdir()) == ["1.json"]
