"""core.checkpoint and core.checkpoint_file: what is written comes back, and nothing in it is run."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from core import checkpoint, checkpoint_file
from core.checkpoint_file import Header, header
from core.configuration import TrainingConfig
from core.errors import CheckpointError
from core.model import build
from core.runs import create_run

_HEADER = Header(
    architecture="deep", recipe="accurate", data="mnist", parameters=1, epoch=2, epochs=3, step=9, seed=0,
    figures={"validation_accuracy": 0.99},
)  # fmt: skip


class _Evil:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('code from a checkpoint was run')",)


def test_weights_come_back_bit_for_bit(tmp_path: Path) -> None:
    """Saving and loading gives the same outputs and the same header, and equal bytes for equal weights."""
    network = build("deep", 3).eval()
    path, again = tmp_path / "one.npz", tmp_path / "two.npz"
    checkpoint.save(path, network.state_dict(), _HEADER)
    checkpoint.save(again, network.state_dict(), _HEADER)
    assert path.read_bytes() == again.read_bytes()
    loaded, described = checkpoint.load(path)
    images = torch.rand(2, 1, 28, 28)
    assert torch.equal(loaded(images), network(images))
    assert described == _HEADER
    assert not loaded.training


def test_numpy_alone_can_open_it(tmp_path: Path) -> None:
    """The file is a plain npz without pickled objects."""
    network = build("small", 0)
    path = tmp_path / "model.npz"
    checkpoint.save(path, network.state_dict(), _HEADER)
    with np.load(path, allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["layers.0.bias"], network.state_dict()["layers.0.bias"].numpy())


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    """A pickle under the name of a checkpoint, of a weight or of a state is refused and not executed."""
    whole = tmp_path / "model.npz"
    whole.write_bytes(pickle.dumps(_Evil()))
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        checkpoint.load(whole)

    inside = tmp_path / "inside.npz"
    checkpoint.save(inside, build("deep", 0).state_dict(), _HEADER)
    with zipfile.ZipFile(inside, "a") as archive, archive.open("layers.99.weight.npy", "w") as file:
        np.lib.format.write_array(file, np.array([_Evil()], object), allow_pickle=True)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.load(inside)

    state = tmp_path / "state.pt"
    torch.save({"evil": _Evil()}, state)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.load_state(state)


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    """Missing, torn, of an unknown network and of a later format: each has its own words."""
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        header(tmp_path / "none.npz")
    good = tmp_path / "good.npz"
    checkpoint.save(good, build("deep", 0).state_dict(), _HEADER)
    torn = tmp_path / "torn.npz"
    torn.write_bytes(good.read_bytes()[:5000])
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        header(torn)
    other = tmp_path / "other.npz"
    checkpoint.save(other, {}, Header.from_json({**_HEADER.to_json(), "architecture": "huge"}))
    with pytest.raises(CheckpointError, match="'huge'"):
        checkpoint.load(other)
    small = tmp_path / "small.npz"
    checkpoint.save(small, build("small", 0).state_dict(), _HEADER)
    with pytest.raises(CheckpointError, match="do not fit"):
        checkpoint.load(small)
    later = tmp_path / "later.npz"
    checkpoint.save(later, {}, Header.from_json({**_HEADER.to_json(), "format": 99}))
    with pytest.raises(CheckpointError, match="newer digits-tui"):
        header(later)


def test_a_failed_save_keeps_the_old_file(tmp_path: Path) -> None:
    """A crash in the middle leaves the checkpoint that was there, and no part of the new one."""
    path = tmp_path / "model.npz"
    checkpoint.save(path, build("deep", 0).state_dict(), _HEADER)
    before = path.read_bytes()
    with pytest.raises(AttributeError):
        checkpoint.save(path, {"layers.0.weight": None}, _HEADER)  # type: ignore[dict-item]
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["model.npz"]


def test_checkpoints_are_listed_and_resolved(tmp_path: Path) -> None:
    """The shipped one comes first; a run's name, its folder and a file all lead to its weights."""
    run = create_run(TrainingConfig())
    checkpoint.save(run.model, build("deep", 0).state_dict(), _HEADER)
    found = checkpoint_file.available()
    assert found[-1] == run.model
    for name in (run.name, str(run.path), str(run.model)):
        assert checkpoint_file.resolve(name) == run.model
    assert checkpoint_file.resolve("") == checkpoint_file.resolve("shipped")
    assert "99.00% validation" in header(run.model).title


def test_the_shipped_checkpoint_is_small_and_says_what_it_reached() -> None:
    """At most 1 MiB, from the accurate recipe, with its configuration and figures inside."""
    path = checkpoint_file.resolve("shipped")
    described = header(path)
    assert path.stat().st_size <= 2**20
    assert described.recipe == "accurate"
    assert described.figures["test_accuracy"] >= 0.996
    assert described.trained["configuration"]["seed"] == described.seed
