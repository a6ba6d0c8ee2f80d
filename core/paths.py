"""Where files are: the shipped ones, which are only read, and the user's, which are written.

One question decides: does our `pyproject.toml` lie beside the package? In a checkout the shipped and the
user's files are the checkout's `data/` and `checkpoints/`. Installed, the shipped ones are inside the package
and the user's are under the XDG data folder. `$DIGITS_HOME` moves the user's files in either case.
"""

# Not platformdirs 4.14: one line of XDG remains for it to replace, since $DIGITS_HOME and a checkout come first, and on
# a Mac it would look for data and runs in another folder than the one in which they are. Its import takes 5 ms.

from __future__ import annotations

import os
from pathlib import Path

from core.errors import DigitsError

_PACKAGE = Path(__file__).resolve().parent
_ROOT = _PACKAGE.parent


def is_checkout() -> bool:
    """Whether the program runs from a checkout of its sources (bare or installed editable)."""
    project = _ROOT / "pyproject.toml"
    try:
        return 'name = "digits-tui"' in project.read_text(encoding="utf-8")
    except OSError:
        return False


def shipped(*parts: str) -> Path:
    """A shipped file, such as `shipped("data", "mnist")`. It may be read-only and must not be written."""
    return (_ROOT if is_checkout() else _PACKAGE / "shipped").joinpath(*parts)


def home() -> Path:
    """The folder over the user's `data/` and `checkpoints/`; it need not exist yet.

    Raises DigitsError where it is below the home of a person whom the system does not know.
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
    """`path` from the root, `~` followed and links kept. Raises DigitsError where there is no such person."""
    try:
        return Path(path).expanduser().absolute()
    except (OSError, RuntimeError) as error:
        raise DigitsError(f"{str(path)!r} is not a path that can be looked at: {str(error).rstrip('.')}") from error


def user_data() -> Path:
    """The user's data: the catalogue's additions, downloads, caches and own digits; made where missing."""
    return _writable(home() / "data")


def user_checkpoints() -> Path:
    """The folder of the user's runs; made where missing."""
    return _writable(home() / "checkpoints")


def shipped_checkpoint() -> Path:
    """The checkpoint that comes with the program."""
    return shipped("checkpoints", "shipped.npz")


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DigitsError(
            f"cannot make the folder {folder}: {error.strerror}. digits-tui keeps your data and runs there; "
            "set DIGITS_HOME to a folder that you can write to."
        ) from error
    return folder
