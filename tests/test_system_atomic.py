"""core.system.atomic: the old file or the new one, and nothing else in the folder."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.system import atomic, children


def test_a_reader_meets_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """While it is written the old content is there; afterwards the new, and no other file."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with atomic.writing(path) as file:
        file.write(b"new, longer")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new, longer"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_reader_that_has_the_old_file_open_keeps_it(tmp_path: Path) -> None:
    """The file is replaced, not written over."""
    path = tmp_path / "file"
    atomic.write_text(path, "old")
    with path.open() as reader:
        atomic.write_text(path, "new")
        assert reader.read() == "old"
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_a_failure_leaves_what_was_there(tmp_path: Path, error: BaseException) -> None:
    """The old content stays, where there was any, and the part that was written is gone."""
    for path in (tmp_path / "old", tmp_path / "none"):
        (tmp_path / "old").write_bytes(b"old")
        with pytest.raises(type(error)), atomic.writing(path) as file:
            file.write(b"half")
            raise error
        assert [each.name for each in tmp_path.iterdir()] == ["old"]
        assert (tmp_path / "old").read_bytes() == b"old"


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_it_may_be_read_by_whom_the_person_allows(tmp_path: Path, umask: int) -> None:
    """The permissions are those of any new file, not those of a temporary one."""
    before = os.umask(umask)
    try:
        atomic.write_text(tmp_path / "file", "text")
        assert (tmp_path / "file").stat().st_mode & 0o777 == 0o666 & ~umask
        assert os.umask(umask) == umask
    finally:
        os.umask(before)


def test_other_threads_create_files_with_their_usual_permissions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The umask belongs to the whole process; it is not changed, not even for a moment."""

    def changed(_: int) -> int:
        raise AssertionError("the umask was changed")

    monkeypatch.setattr(os, "umask", changed)
    atomic.write_text(tmp_path / "file", "text")
    with atomic.building(tmp_path, ".made-") as place:
        assert place.is_dir()


def test_text_is_utf_8(tmp_path: Path) -> None:
    """Whatever the locale."""
    atomic.write_text(tmp_path / "file", "28×28 ✓")
    assert (tmp_path / "file").read_bytes() == "28×28 ✓".encode()


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """OSError, as documented."""
    with pytest.raises(FileNotFoundError), atomic.writing(tmp_path / "none" / "file"):
        pytest.fail("nothing can be written")


def test_it_may_be_written_in_another_folder(tmp_path: Path) -> None:
    """Beside the file nothing shows up meanwhile."""
    (tmp_path / "part").mkdir()
    with atomic.writing(tmp_path / "file", within=tmp_path / "part") as file:
        file.write(b"new")
        assert {each.name for each in tmp_path.iterdir()} == {"part"}
    assert (tmp_path / "file").read_bytes() == b"new"
    assert not list((tmp_path / "part").iterdir())


def test_not_forcing_it_to_the_disk_replaces_it_whole_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No fsync, and the same result."""
    monkeypatch.setattr(os, "fsync", lambda handle: pytest.fail("it was forced to the disk"))
    atomic.write_text(tmp_path / "file", "text", sync=False)
    assert [each.read_text() for each in tmp_path.iterdir()] == ["text"]


def test_what_was_built_stays_only_where_it_was_moved(tmp_path: Path) -> None:
    """The folder vanishes with what is left in it, also after an error; moved away, it stays."""
    with pytest.raises(OSError, match="disk full"), atomic.building(tmp_path, ".new-", ".part") as place:
        assert place.name.startswith(".new-") and place.name.endswith(".part")
        (place / "half").write_text("half")
        raise OSError("disk full")
    assert not list(tmp_path.iterdir())
    with atomic.building(tmp_path, ".new-") as place:
        (place / "whole").write_text("whole")
        place.rename(tmp_path / "done")
    assert [each.name for each in tmp_path.iterdir()] == ["done"]


def _killed(code: str, folder: Path) -> None:
    """Run `code` in a process that is killed in the middle of it."""
    whole = f"import os, signal\nfrom pathlib import Path\nfrom core.system import atomic\nfolder = Path.cwd()\n{code}"
    done = subprocess.run(
        [sys.executable, "-P", "-c", whole], cwd=folder, env=children.environment(), capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


KILL = "    os.kill(os.getpid(), signal.SIGKILL)"


def test_what_a_killed_writer_left_is_taken_over(tmp_path: Path) -> None:
    """The next writer of the same file leaves nothing but the file, and nothing of the half that was longer."""
    _killed(
        f"with atomic.writing(folder / 'file') as file:\n    file.write(b'half' * 9)\n    file.flush()\n{KILL}",
        tmp_path,
    )
    (left,) = tmp_path.iterdir()
    assert left.read_bytes() == b"half" * 9 and atomic.is_abandoned(left)
    atomic.write_text(tmp_path / "file", "new")
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"file": "new"}


def test_what_a_killed_builder_left_is_removed(tmp_path: Path) -> None:
    """Also with what is in it; a folder that somebody still fills stays."""
    _killed(f"with atomic.building(folder, '.made-') as place:\n    (place / 'half').touch()\n{KILL}", tmp_path)
    (left,) = tmp_path.iterdir()
    with atomic.building(tmp_path, ".made-") as first, atomic.building(tmp_path, ".made-") as second:
        assert set(tmp_path.iterdir()) == {first, second}
        assert not atomic.is_abandoned(first) and not left.exists()


def test_two_writers_at_once_do_not_meet(tmp_path: Path) -> None:
    """Each writes a part of its own; the last one that is done has replaced the file, and no part is left."""
    path = tmp_path / "file"
    with atomic.writing(path) as outer:
        outer.write(b"outer")
        (part,) = tmp_path.iterdir()
        assert not atomic.is_abandoned(part)
        with atomic.writing(path) as inner:
            inner.write(b"inner")
        assert path.read_bytes() == b"inner"
    assert path.read_bytes() == b"outer"
    assert list(tmp_path.iterdir()) == [path]


def test_many_writers_at_once_leave_a_whole_file(tmp_path: Path) -> None:
    """Processes that replace one file again and again; each content is as long as its first letter says."""
    code = """
import sys
from pathlib import Path
from core.system import atomic
letter = sys.argv[1]
for turn in range(200):
    atomic.write_text(Path("file"), letter * (1000 * (ord(letter) - 96)), sync=False)
"""
    command = [sys.executable, "-P", "-c", code]
    writers = [subprocess.Popen([*command, letter], cwd=tmp_path, env=children.environment()) for letter in "abc"]
    while any(writer.poll() is None for writer in writers):
        if (tmp_path / "file").exists():
            text = (tmp_path / "file").read_text()
            assert text == text[:1] * (1000 * (ord(text[:1]) - 96))
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_without_locks_it_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that has none nothing is taken for abandoned."""

    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    atomic.write_text(tmp_path / "file", "text")
    with atomic.building(tmp_path, ".made-") as place:
        (place / "half").touch()
        with atomic.building(tmp_path, ".made-"):
            assert place.is_dir() and not atomic.is_abandoned(place)
    assert (tmp_path / "file").read_text() == "text"
    atomic.write_text(tmp_path / "file", "more")
    assert (tmp_path / "file").read_text() == "more"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    """What it leads to is left alone."""
    (tmp_path / "precious").write_text("precious")
    (tmp_path / ".file.part").symlink_to("precious")
    atomic.write_text(tmp_path / "file", "text")
    assert (tmp_path / "precious").read_text() == "precious" and (tmp_path / "file").read_text() == "text"
