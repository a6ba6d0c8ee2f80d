"""The file format of checkpoints, as far as it can be read without torch: a zip of plain arrays and a header.

A checkpoint is an `.npz` that `numpy.load(…, allow_pickle=False)` opens: one `.npy` per weight, and `header.json`.
Nothing in it is ever executed. The interface reads only the header, in a millisecond.
"""

# Not safetensors 0.8: it reads the shipped model in 0.2 ms where NumPy takes 16, which hardly counts next to 2.8 s for
# importing torch, and its file is 7% larger. An .npz opens with NumPy alone, and all existing checkpoints have it.

from __future__ import annotations

import dataclasses
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import CheckpointError
from core.printable import printable
from core.system.damage import DAMAGE
from core.words import percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEADER = "header.json"
FORMAT = 1
_LARGEST_HEADER = 1 << 20
_TYPES = {"str": (str,), "int": (int,), "Mapping[str, float]": (dict,), "Mapping[str, Any]": (dict,)}
"""The Python types that JSON gives for each annotation of the header's fields."""


@dataclass(frozen=True)
class Header:
    """A checkpoint's description of itself."""

    architecture: str
    """A name in `architectures.ARCHITECTURES`."""
    recipe: str
    data: str
    """The name or path of the data set that it was trained on."""
    parameters: int
    epoch: int
    """Epochs completed."""
    epochs: int
    """Epochs planned."""
    step: int
    seed: int
    figures: Mapping[str, float] = field(default_factory=dict)
    """`validation_accuracy`, `test_accuracy` (0 to 1), `test_loss`, `seconds`; only those that are known."""
    trained: Mapping[str, Any] = field(default_factory=dict)
    """How the weights were trained, for people who read the file; nothing is computed from it.

    `configuration` (as `TrainingConfig.to_json`), `recipe` (all numbers of that recipe), `images` and `test_images`
    (their numbers), `device` (with threads and precision), and the versions `torch`, `digits-tui` and `normalise`; any
    may be missing.
    """
    calibration: Mapping[str, Any] = field(default_factory=dict)
    """The calibration of its outputs, as `Calibration.to_json`; empty for the neutral one."""
    run: str = ""
    """The run's name."""
    format: int = FORMAT

    @property
    def title(self) -> str:
        """A short text for lists, such as `mnist, fast: 99.23% of 10,000`."""
        figures = self.figures
        if (test := figures.get("test_accuracy")) is not None:
            result = f"{percent(test)} of {count:,}" if (count := self._tested) else f"{percent(test)} test"
        elif (validation := figures.get("validation_accuracy")) is not None:
            result = f"{percent(validation)} validation, epoch {self.epoch} of {self.epochs}"
        else:
            result = f"step {self.step}"
        return printable(f"{Path(self.data).name}, {self.recipe}: {result}")

    @property
    def _tested(self) -> int:
        """How many images its test accuracy is for; 0 if that is not known."""
        is_folds = bool(self.trained.get("configuration", {}).get("folds"))
        count = self.trained.get("images" if is_folds else "test_images")
        return count if isinstance(count, int) else 0

    def to_json(self) -> dict[str, Any]:
        """The fields as a JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Header:
        """The inverse of `to_json`; raises ValueError if a field is missing or has another type."""
        if not isinstance(data, Mapping):
            raise ValueError(f"its header is not a JSON object but a {type(data).__name__}")
        values: dict[str, Any] = {}
        for each in dataclasses.fields(cls):
            if each.name not in data:
                continue  # it takes its default; without one, the TypeError below reports it
            value, expected = data[each.name], _TYPES[str(each.type)]
            if type(value) not in expected:
                kind = expected[0].__name__
                raise ValueError(f"{each.name} in its header is {value!r:.40}; it must be of type {kind}")
            values[each.name] = value
        for name, figure in values.get("figures", {}).items():
            if type(figure) is not float and (type(figure) is not int or abs(figure) > 2**53):
                raise ValueError(f"the figure {name} in its header is {figure!r:.40}, which is not a number")
        if not isinstance(values.get("trained", {}).get("configuration", {}), dict):
            raise ValueError("the configuration in its header is not a JSON object")
        try:
            return cls(**values)
        except TypeError as error:
            raise ValueError(f"its header lacks a field: {error}") from error


def header(path: Path) -> Header:
    """The header of the checkpoint at `path`. Raises CheckpointError if there is none that can be read."""
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
    except DAMAGE as error:
        raise CheckpointError(
            f"{path} is not a checkpoint of digits-tui ({error}); give a run's model.npz, "
            "or leave it out for the shipped model"
        ) from error
    if found.format > FORMAT:
        raise CheckpointError(
            f"{path} has format {found.format}; this program reads formats up to {FORMAT}. Install a newer digits-tui"
        )
    return found


def read_weights(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of the checkpoint at `path`, by name, each compared with its checksum.

    Raises one of `DAMAGE` if an array is damaged, and FileNotFoundError. Whether they fit a network is not known here.
    """
    import numpy as np  # the interface reads headers, and starts without NumPy

    # Opened here: NumPy leaves a file open that turns out not to be an archive.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files if name != HEADER}


def written_at(path: Path | None) -> int | None:
    """When the file was last written, in nanoseconds since 1970; None if there is no file."""
    if path is None:
        return None
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
