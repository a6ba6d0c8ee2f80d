"""Saves and loads weights with their header, and the state that resuming needs.

Both are written atomically, and read without executing any code in them.
"""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import CheckpointError
from core.networks.architectures import ARCHITECTURES, build
from core.networks.checkpoint_file import HEADER, Header, header
from core.system import atomic
from core.system.damage import DAMAGE

STATE_FORMAT = 2
"""Increased by every change that makes existing states impossible to resume."""
_STATE_KEYS = frozenset(
    (
        "format", "configuration", "plan", "data", "epochs", "batch_size", "stage", "step", "tally", "network",
        "average", "optimiser", "distortion", "random", "device_random",
    )
)  # fmt: skip
_IS_FOLDER = 0x10  # in a zip's attributes
_STATE_DAMAGE: tuple[type[Exception], ...] = (*DAMAGE, pickle.UnpicklingError)


def save(path: Path, weights: dict[str, Tensor], described: Header) -> None:
    """Write a checkpoint. Equal weights and headers give equal bytes. Raises OSError."""
    with atomic.writing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry(HEADER), json.dumps(described.to_json(), indent=1))
        for name, tensor in weights.items():
            buffer = io.BytesIO()
            # channels last is only the layout in memory; the file has plain row-major arrays
            array = np.ascontiguousarray(tensor.detach().cpu().numpy())
            np.lib.format.write_array(buffer, array, allow_pickle=False)
            archive.writestr(_entry(f"{name}.npy"), buffer.getvalue())


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # dated 1980, so that the bytes do not depend on the clock
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def load(path: Path) -> tuple[nn.Module, Header]:
    """The network in evaluation mode, float32 on the CPU, and its header. Raises CheckpointError."""
    described = header(path)
    if described.architecture not in ARCHITECTURES:
        raise CheckpointError(
            f"{path} holds a network called {described.architecture!r}; this program knows "
            f"{', '.join(ARCHITECTURES)}. It was written by another version of digits-tui."
        )
    network = build(described.architecture)
    try:
        with np.load(path, allow_pickle=False) as archive:
            weights = {name: torch.from_numpy(archive[name]) for name in archive.files if name != HEADER}
        network.load_state_dict(weights)
    except DAMAGE as error:
        raise CheckpointError(
            f"the weights in {path} are damaged or do not fit a {described.architecture!r} network: {error}"
        ) from error
    return network.eval(), described


def save_state(path: Path, state: dict[str, Any]) -> None:
    """Write the state that resuming needs: nested dicts of tensors, numbers and strings. Raises OSError."""
    # Into memory first: torch turns the OSError of a full disk into a RuntimeError, like that of a failed device.
    buffer = io.BytesIO()
    torch.save(state, buffer)
    with atomic.writing(path) as file:
        file.write(buffer.getbuffer())


def load_state(path: Path) -> dict[str, Any]:
    """The inverse of `save_state`, tensors on the CPU.

    Raises CheckpointError if the file is missing, differs in any bit from what was written, or is from another version
    of digits-tui.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if (changed := _changed(archive)) is not None:
                raise ValueError(f"{changed} in it has changed since it was written")
        # weights_only: the unpickler builds only tensors and plain containers
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"there is no {path}: the run was ended before its first save; start a new run") from None
    except _STATE_DAMAGE as error:
        raise CheckpointError(
            f"{path} is damaged and cannot be resumed from ({error}); start a new run, or draw with its model.npz"
        ) from error
    if not isinstance(state, dict):
        raise CheckpointError(f"{path} is not the state of a run; start a new run")
    if state.get("format") != STATE_FORMAT or not state.keys() >= _STATE_KEYS:
        missing = ", ".join(sorted(_STATE_KEYS - state.keys()))
        raise CheckpointError(
            f"{path} was written by another version of digits-tui: it has format {state.get('format')!r}"
            f"{f' and lacks {missing}' if missing else ''}, this one reads format {STATE_FORMAT}; start a new run"
        )
    return state


def _changed(archive: zipfile.ZipFile) -> str | None:
    """The name of the first member that differs from what was written; torch.load itself checks no checksums."""
    # torch reads nothing of a member that is marked as a folder, and returns uninitialised memory.
    folders = (member.filename for member in archive.infolist() if member.external_attr & _IS_FOLDER)
    return next(folders, None) or archive.testzip()
