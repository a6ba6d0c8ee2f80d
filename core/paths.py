"""Where files are: the shipped ones, which are only read, and the user's, which are written.

In a checkout, which has our `pyproject.toml` next to the package, both are in the checkout's `data/` and
`checkpoints/`. In an installation the shipped files are inside the package and the user's are under the XDG data
folder. `$DIGITS_HOME` moves the user's files in either case.
"""

# Not platformdirs 4.14: $DIGITS_HOME and a checkout come first, so it would replace a single line about XDG, and on
# macOS it would look for data and runs in another folder than the one that holds them. Its import takes 5 ms.

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from core.errors import DigitsError

_PACKAGE = Path(__file__).resolve().parent
_ROOT = _PACKAGE.parent


def is_checkout() -> bool:
    """Whether the program runs from a checkout of its sources (not installed, or installed as editable)."""
    return _has_sources(_ROOT)


@lru_cache(maxsize=1)  # asked a thousand times for a list of networks
def _has_sources(folder: Path) -> bool:
    try:
        return 'name = "digits-tui"' in (folder / "pyproject.toml").read_text(encoding="utf-8")
    except OSError:
        return False


def shipped(*parts: str) -> Path:
    """The path of a shipped file, such as `shipped("data", "mnist")`. It may be read-only; never write to it."""
    return (_ROOT if is_checkout() else _PACKAGE / "shipped").joinpath(*parts)


def home() -> Path:
    """The parent folder of the user's `data/` and `checkpoints/`; it need not exist yet.

    Raises DigitsError if it is in the home folder of an unknown user (`~nobody/…`).
    """
    try:
        if given := os.environ.get("DIGITS_HOME"):
            return expanded(given)
        if is_checkout():
            return _ROOT
        return expanded(os.environ.get("XDG_DATA_HOME") or "~/.local/share") / "digits-tui"
    except DigitsError as error:
        raise DigitsError(f"{error}. Set DIGITS_HOME to a folder that you can write to.") from error


def expanded(path: str | Path) -> Path:
    """`path` made absolute, `~` expanded, links kept. Raises DigitsError if `~` names an unknown user."""
    try:
        return Path(path).expanduser().absolute()
    except (OSError, RuntimeError) as error:
        raise DigitsError(f"the path {str(path)!r} cannot be used: {str(error).rstrip('.')}") from error


def user_data() -> Path:
    """The folder of the user's data: additions to the catalogue, downloads, caches and own sets. Created if missing."""
    return _writable(home() / "data")


def user_checkpoints() -> Path:
    """The folder of the user's runs. Created if missing."""
    return _writable(home() / "checkpoints")


def shipped_checkpoint() -> Path:
    """The checkpoint that comes with the program."""
    return shipped("checkpoints", "shipped.npz")


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DigitsError(
            f"cannot create the folder {folder}: {error.strerror}. digits-tui keeps your data and runs there; "
            "set DIGITS_HOME to a folder that you can write to."
        ) from error
    return folder


def exists(path: Path) -> bool:
    """Whether there is something at `path`, as far as this user may see."""
    try:
        path.stat()
    except (OSError, ValueError):  # ValueError: a null character in the name
        return False
    return True
