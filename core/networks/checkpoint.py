"""Saves and loads weights with their header, and the state that resuming needs.

Both are written atomically, and read without executing any code in them.
"""

from __future__ import annotations

import io
import json
import pickletools
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import CheckpointError
from core.networks.architectures import ARCHITECTURES, build
from core.networks.checkpoint_file import HEADER, Header, header, read_weights
from core.printable import abridged, printable
from core.system import atomic
from core.system.damage import DAMAGE

STATE_FORMAT = 2
"""Increased by every change that makes existing states impossible to resume."""
_MOST_BESIDE = 4 << 20
"""Bytes that a checkpoint may hold beside its weights: the header, and the headers of the arrays."""
_STATE_KEYS = frozenset(
    (
        "format", "configuration", "plan", "data", "epochs", "batch_size", "stage", "step", "tally", "network",
        "average", "optimiser", "distortion", "random", "device_random",
    )
)  # fmt: skip
_IS_FOLDER = 0x10  # in a zip's attributes
_GLOBALS = re.compile(
    r"torch\._utils _rebuild_tensor_v2|collections OrderedDict|torch (Float|Double|Long|Int|Byte)Storage"
)
"""What the pickle of a state names. torch would also make a bytearray, as large as the file asks for."""
_LARGEST_STATE = 256 << 20
"""Bytes of the largest state that is read: ten times those of the largest network's."""


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
    expected = sum(each.nbytes for each in network.state_dict().values())
    try:
        with zipfile.ZipFile(path) as members:
            if sum(each.file_size for each in members.infolist()) > 2 * expected + _MOST_BESIDE:
                raise ValueError(f"it unpacks to far more than the {expected:,} bytes of such a network")
        weights = {name: torch.from_numpy(array) for name, array in read_weights(path).items()}
        network.load_state_dict(weights)
    except DAMAGE as error:
        raise CheckpointError(
            f"the weights in {path} are damaged or do not fit a {described.architecture!r} network: {error}"
        ) from error
    if not all(each.isfinite().all() for each in weights.values()):
        raise CheckpointError(
            f"{path} holds weights that are no numbers, as a training leaves that diverged; give another checkpoint"
        )
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
        if path.stat().st_size > _LARGEST_STATE:
            raise ValueError(f"it is larger than {_LARGEST_STATE >> 20:,} MiB")
        with zipfile.ZipFile(path) as archive:
            _check_members(archive)
    except FileNotFoundError:
        raise CheckpointError(f"there is no {path}: the run was ended before its first save; start a new run") from None
    except DAMAGE as error:
        raise _damaged(path, error) from error
    try:
        # weights_only: the unpickler builds only tensors and plain containers
        state = torch.load(path, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as error:  # nothing of ours runs in it, and a damaged pickle makes it raise anything
        raise _damaged(path, error) from error
    if not isinstance(state, dict):
        raise CheckpointError(f"{path} is not the state of a run; start a new run")
    version = state.get("format")
    if type(version) is not int or version != STATE_FORMAT or not state.keys() >= _STATE_KEYS:
        missing = ", ".join(sorted(_STATE_KEYS - state.keys()))
        raise CheckpointError(
            f"{path} was written by another version of digits-tui: it has format {abridged(version)}"
            f"{f' and lacks {missing}' if missing else ''}, this one reads format {STATE_FORMAT}; start a new run"
        )
    return state


def _damaged(path: Path, error: Exception) -> CheckpointError:
    why = printable(str(error).partition("\n")[0][:200]) or type(error).__name__
    return CheckpointError(
        f"{path} is damaged and cannot be resumed from ({why}); start a new run, or draw with its model.npz"
    )


def _check_members(archive: zipfile.ZipFile) -> None:
    """Raises ValueError if a member is not as it was written, or the pickle names what no state holds."""
    members = archive.infolist()
    # torch.save compresses nothing. Of a member that is marked as a folder torch reads nothing, and returns
    # uninitialised memory; it checks no checksums.
    odd = (each.filename for each in members if each.compress_type or each.external_attr & _IS_FOLDER)
    if changed := next(odd, None) or archive.testzip():
        raise ValueError(f"{printable(changed)} in it has changed since it was written")
    for each in members:
        if Path(each.filename).name == "data.pkl":
            _check_globals(archive.read(each))


def _check_globals(pickle: bytes) -> None:
    """Raises ValueError if `pickle` is damaged or names something that no state holds."""
    for instruction, argument, _ in pickletools.genops(pickle):
        if instruction.name == "GLOBAL" and not _GLOBALS.fullmatch(str(argument)):
            raise ValueError(f"it asks for {abridged(argument)}")
