"""Small files with one JSON object each, which people may edit and full disks damage. Knows no field of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from core.system import plain_file

LARGEST = 1 << 20
"""Bytes of the largest file that is read, unless another limit is given."""
_DEEPEST = 100
"""Most levels of nesting: less than Python writes, so that whatever is read can be written again."""


def load(path: Path, largest: int = LARGEST) -> dict[str, Any]:
    """The object in the file. Raises OSError, and ValueError that says why it holds none."""
    with plain_file.opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        data = file.read(min(largest, size) + 1)  # as much as is there: a buffer of a MiB takes longer than the file
    if len(data) > largest:
        raise ValueError(f"it is larger than {largest >> 20:,} MiB")
    return parsed(data)


def parsed(data: bytes) -> dict[str, Any]:
    """The object in `data`, UTF-8 with or without a byte order mark. Raises ValueError that says why there is none."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"it is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise ValueError(f"it holds a JSON {_NAMES[type(content)]}, not an object")
    if _is_deep(content):
        raise ValueError("it is nested too deeply")
    return content


def read(path: Path) -> dict[str, Any]:
    """The file's object; empty if the file is missing, unreadable, damaged or not a JSON object."""
    try:
        return load(path)
    except (OSError, ValueError):
        return {}


_NAMES: dict[type, str] = {
    list: "list",
    str: "text",
    int: "number",
    float: "number",
    bool: "value",
    type(None): "null",
}


def _is_deep(content: object) -> bool:
    level: list[object] = [content]
    for _ in range(_DEEPEST):
        inner = [each for each in level if isinstance(each, dict | list)]
        level = [each for outer in inner for each in (outer.values() if isinstance(outer, dict) else outer)]
        if not level:
            return False
    return True
