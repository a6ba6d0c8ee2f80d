"""The file format of checkpoints, as far as it can be read without torch: a zip of plain arrays and a header.

A checkpoint is an `.npz` that `numpy.load(…, allow_pickle=False)` opens: one `.npy` a weight, and
`header.json`. Nothing in it is ever executed. The interface reads the header alone, in a millisecond.
"""

from __future__ import annotations

import dataclasses
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core import paths
from core.errors import CheckpointError
from core.runs import find_run, list_runs

HEADER = "header.json"
FORMAT = 1
_LARGEST_HEADER = 1 << 20


@dataclass(frozen=True)
class Header:
    """What a checkpoint says of itself."""

    architecture: str
    """A name in `model.ARCHITECTURES`."""
    recipe: str
    data: str
    """The name or path of the data set that it was trained on."""
    parameters: int
    epoch: int
    """Epochs done, the one in progress not counted."""
    epochs: int
    """Epochs that were planned."""
    step: int
    seed: int
    figures: Mapping[str, float] = field(default_factory=dict)
    """`validation_accuracy`, `test_accuracy` (0 to 1), `seconds`; those that are known."""
    trained: Mapping[str, Any] = field(default_factory=dict)
    """The configuration, the recipe's numbers, the device and the versions."""
    run: str = ""
    """The run's name."""
    format: int = FORMAT

    @property
    def title(self) -> str:
        """A short text for a list, such as `mnist, fast: 99.23% test`."""
        figures = self.figures
        if (test := figures.get("test_accuracy")) is not None:
            result = f"{test:.2%} test"
        elif (validation := figures.get("validation_accuracy")) is not None:
            result = f"{validation:.2%} validation, epoch {self.epoch} of {self.epochs}"
        else:
            result = f"step {self.step}"
        return f"{Path(self.data).name}, {self.recipe}: {result}"

    def to_json(self) -> dict[str, Any]:
        """The fields as a JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Header:
        """The inverse of `to_json`; raises TypeError where a field is missing."""
        names = {each.name for each in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in names})


def header(path: Path) -> Header:
    """The header of the checkpoint at `path`. Raises CheckpointError where there is none that we understand."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(HEADER).file_size > _LARGEST_HEADER:
                raise ValueError("its header is larger than 1 MiB")
            data = json.loads(archive.read(HEADER))
        found = Header.from_json(data)
    except FileNotFoundError:
        raise CheckpointError(
            f"there is no checkpoint {path}; `digits-tui runs` lists the runs, each with a model.npz"
        ) from None
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise CheckpointError(
            f"{path} is not a checkpoint of digits-tui ({error}); give a model.npz of a run, "
            "or leave it out for the shipped model"
        ) from error
    if found.format > FORMAT:
        raise CheckpointError(
            f"{path} has format {found.format}, this program reads up to {FORMAT}; install a newer digits-tui"
        )
    return found


def available() -> list[Path]:
    """Checkpoints that can be read with: the shipped one first, then each run's, newest first."""
    candidates = [paths.shipped_checkpoint(), *(run.model for run in list_runs())]
    return [path for path in candidates if path.exists()]


def resolve(name: str) -> Path:
    """The checkpoint that a person means: empty or `shipped`, a file, a run's folder, or a run's name."""
    if name in ("", "shipped"):
        return paths.shipped_checkpoint()
    path = Path(name).expanduser()
    if path.is_dir() and (path / "model.npz").exists():
        return (path / "model.npz").absolute()
    if path.is_file() or path.suffix == ".npz":
        return path.absolute()
    return find_run(name).model
