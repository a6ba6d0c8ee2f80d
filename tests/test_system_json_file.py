"""core.system.json_file: an object, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.system import json_file


def test_an_object_is_read(tmp_path: Path) -> None:
    """As it was written, in UTF-8."""
    (tmp_path / "file").write_bytes('{"name": "28×28", "count": 2}'.encode())
    assert json_file.read(tmp_path / "file") == {"name": "28×28", "count": 2}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"null", b'"text"', b"\xff\xfe", b"[" * 200_000])
def test_anything_else_is_nothing(tmp_path: Path, content: bytes) -> None:
    """Half a file, another type, no UTF-8, and brackets that are too deep for the parser."""
    (tmp_path / "file").write_bytes(content)
    assert json_file.read(tmp_path / "file") == {}


def test_no_file_is_nothing(tmp_path: Path) -> None:
    """Neither one that is missing nor a folder is an error."""
    assert json_file.read(tmp_path / "none") == {}
    assert json_file.read(tmp_path) == {}
