"""How the program starts itself as a child process: the reader, a training run, a check-up. Knows no asyncio."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from core import paths


def command(*arguments: str) -> list[str]:
    """The command line of a child `python -m core …`."""
    # -P: a folder called `core` in the current directory must not be taken for ours.
    return [sys.executable, "-P", "-m", "core", *arguments]


def environment() -> dict[str, str]:
    """The child's environment; in a checkout, which need not be installed, PYTHONPATH says where the package is."""
    variables = dict(os.environ)
    variables["PYTHONUNBUFFERED"] = "1"
    if paths.is_checkout():
        root = str(Path(__file__).resolve().parent.parent.parent)
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, [root, variables.get("PYTHONPATH")]))
    return variables
