"""core.system.atomic: the old file or the new one, and nothing else in the folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.system import atomic


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
