"""Small files with one JSON object each, of which nothing is lost that cannot be said anew. Knows no field of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read(path: Path) -> dict[str, Any]:
    """What is in the file; nothing where it is missing, not ours to read, damaged or something else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
