"""core.networks.checkpoint and core.networks.checkpoint_file: what is written comes back, and nothing in it is run."""

from __future__ import annotations

import errno
import io
import json
import pickle
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
import torch

from core.config.calibration import Calibration
from core.config.configuration import TrainingConfig
from core.errors import CheckpointError, DigitsError
from core.networks import checkpoint
from core.networks.architectures import build
from core.networks.checkpoint_file import Header, header
from core.runs import checkpoints
from core.runs.run import create_run
from core.system import atomic

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
        checkpoint.save(path, {"layers.0.weight": None}, _HEADER)  # type: ignore[dict-item]  # that is the point
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["model.npz"]


class _Full(io.BytesIO):
    """A file on a disk that takes a thousand bytes more."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > 1000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_a_full_disk_is_an_error_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saving the state raises OSError, which nobody takes for the failure of a device."""

    @contextmanager
    def writing(path: Path) -> Iterator[IO[bytes]]:
        yield _Full()

    monkeypatch.setattr(atomic, "writing", writing)
    with pytest.raises(OSError, match="No space left"):
        checkpoint.save_state(tmp_path / "state.pt", _state())


def _zip(path: Path, header_text: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", header_text)
    return path


_OF_WRONG_TYPES: tuple[dict[str, object], ...] = (
    {"figures": None},
    {"figures": {"test_accuracy": "high"}},
    {"figures": {"test_accuracy": 10**400}},
    {"format": "x"},
    {"format": None},
    {"architecture": []},
    {"epoch": "2"},
    {"step": 1.5},
    {"seed": True},
    {"trained": 3},
    {"trained": {"configuration": []}},
)


@pytest.mark.parametrize(
    "header_text",
    [
        "[]",
        "5",
        "null",
        "{}",
        "[" * 100_000,
        *(json.dumps({**_HEADER.to_json(), **changes}) for changes in _OF_WRONG_TYPES),
    ],
    ids=lambda text: text[-60:],
)
def test_a_header_of_wrong_types_is_said(tmp_path: Path, header_text: str) -> None:
    """Whatever JSON stands there instead, the file is named as no checkpoint, by `header` and by `load`."""
    path = _zip(tmp_path / "odd.npz", header_text)
    for read in (header, checkpoint.load):
        with pytest.raises(CheckpointError, match=r"odd\.npz is not a checkpoint"):
            read(path)


def test_changed_bytes_never_crash_and_never_change_weights(tmp_path: Path) -> None:
    """Whatever bytes of a checkpoint are changed, the weights are the right ones or there is an explanation."""
    path = tmp_path / "model.npz"
    # Few weights, so that most changes hit what holds them together.
    weights = {name: tensor[:1] for name, tensor in build("deep", 0).state_dict().items() if tensor.ndim == 1}
    checkpoint.save(path, weights, _HEADER)
    good = path.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(300):
        bad = bytearray(good)
        for place in random.integers(0, len(good), 3):
            bad[place] = int(random.integers(0, 256))
        path.write_bytes(bad)
        with pytest.raises(CheckpointError, match=r"model\.npz"):
            checkpoint.load(path)  # intact ones do not fit the network


def test_packed_weights_that_cannot_be_unpacked_are_said(tmp_path: Path) -> None:
    """Damage to the packed bytes themselves, which zlib finds, is explained as any other."""
    path = tmp_path / "model.npz"
    checkpoint.save(path, build("deep", 0).state_dict(), _HEADER)
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("layers.0.weight.npy")
    bad = bytearray(path.read_bytes())
    start = member.header_offset + 30 + len(member.filename)
    bad[start : start + 8] = b"\xff" * 8
    path.write_bytes(bad)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.load(path)


def _state(**changes: Any) -> dict[str, Any]:
    """A state with all that resuming needs, as far as the file goes."""
    keys = (
        "configuration", "plan", "data", "epochs", "batch_size", "stage", "step", "tally", "average", "optimiser",
        "distortion", "random", "device_random",
    )  # fmt: skip
    return {
        **dict.fromkeys(keys, 1),
        "format": checkpoint.STATE_FORMAT,
        "network": {"weight": torch.arange(1000.0)},
        **changes,
    }


def test_a_state_comes_back_or_is_refused(tmp_path: Path) -> None:
    """A single flipped bit of what was saved is never gone on from."""
    path = tmp_path / "state.pt"
    checkpoint.save_state(path, _state())
    assert torch.equal(checkpoint.load_state(path)["network"]["weight"], torch.arange(1000.0))
    good = path.read_bytes()
    weights = good.index(torch.arange(1000.0).numpy().tobytes())
    for place in (weights, weights + 2001, weights + 3999):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x10]) + good[place + 1 :])
        with pytest.raises(CheckpointError, match="damaged"):
            checkpoint.load_state(path)
    random = np.random.default_rng(0)
    for place in random.integers(0, len(good), 200):
        path.write_bytes(good[:place] + bytes([good[place] ^ (1 << random.integers(8))]) + good[place + 1 :])
        try:
            state = checkpoint.load_state(path)
        except CheckpointError:
            continue
        assert torch.equal(state["network"]["weight"], torch.arange(1000.0))


def test_weights_that_are_marked_as_a_folder_are_refused(tmp_path: Path) -> None:
    """torch reads nothing of such a member and hands out memory as it is: one bit in the list of members."""
    path = tmp_path / "state.pt"
    checkpoint.save_state(path, _state())
    bad = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        listed, (name,) = archive.start_dir, [each for each in archive.namelist() if each.endswith("data/0")]
    bad[bad.index(name.encode(), listed) - 8] |= 0x10  # the external attributes, before the offset and the name
    path.write_bytes(bad)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.load_state(path)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (_state(format=checkpoint.STATE_FORMAT + 1), f"another version.*format {checkpoint.STATE_FORMAT + 1}"),
        (_state(format=None), "another version"),
        ({key: value for key, value in _state().items() if key != "step"}, "another version.*lacks step"),
        ({}, "another version"),
        ([1], "not the state of a run"),
    ],
    ids=["later", "none", "no step", "empty", "list"],
)
def test_a_state_of_another_version_is_said(tmp_path: Path, state: Any, words: str) -> None:
    """Another format, or a part that is missing, is no KeyError in the middle of resuming."""
    checkpoint.save_state(tmp_path / "state.pt", state)
    with pytest.raises(CheckpointError, match=words):
        checkpoint.load_state(tmp_path / "state.pt")


def test_a_run_without_a_state_is_said(tmp_path: Path) -> None:
    """A run that ended before its first save has nothing to go on from."""
    with pytest.raises(CheckpointError, match="before its first save"):
        checkpoint.load_state(tmp_path / "state.pt")


@pytest.mark.parametrize(
    "name", ["x" * 300, "~nouser-of-this-machine/x", "a\0b", "x" * 300 + ".npz", "/" + "x/" * 3000]
)
def test_an_odd_name_is_no_crash(name: str) -> None:
    """What can be neither a path nor a run is an error in words, also where it looks like a file."""
    create_run(TrainingConfig())
    with pytest.raises(DigitsError):
        header(checkpoints.resolve(name))


@pytest.mark.parametrize("variable", ["DIGITS_HOME", "XDG_DATA_HOME"])
def test_a_home_of_nobody_is_said(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    """A `~name` that the system does not know is an error that says what to set."""
    monkeypatch.delenv("DIGITS_HOME")
    monkeypatch.setattr("core.paths.is_checkout", lambda: False)
    monkeypatch.setenv(variable, "~nouser-of-this-machine/x")
    with pytest.raises(DigitsError, match=r"nouser.*Set DIGITS_HOME"):
        checkpoints.available()


def test_checkpoints_are_listed_and_resolved(tmp_path: Path) -> None:
    """The shipped one comes first; a run's name, its folder and a file all lead to its weights."""
    run = create_run(TrainingConfig())
    checkpoint.save(run.model, build("deep", 0).state_dict(), _HEADER)
    found = checkpoints.available()
    assert found[-1] == run.model
    for name in (run.name, str(run.path), str(run.model)):
        assert checkpoints.resolve(name) == run.model
    assert checkpoints.resolve("") == checkpoints.resolve("shipped")
    assert "99.00% validation" in header(run.model).title


def test_the_shipped_checkpoint_is_small_and_says_what_it_reached() -> None:
    """At most 1 MiB, of the recipe that makes it, with its configuration and figures inside."""
    path = checkpoints.resolve("shipped")
    described = header(path)
    assert path.stat().st_size <= 2**20
    assert described.recipe == "robust"
    assert described.figures["test_accuracy"] >= 0.997
    configuration = described.trained["configuration"]
    assert configuration["seed"] == described.seed
    for teacher in configuration["teachers"]:
        # What is `thorough` now was called `accurate` when the shipped one's teacher was trained.
        assert teacher.endswith(("mnist-thorough", "mnist-accurate")) and "/" not in teacher


def _with_pickle(path: Path, data: bytes) -> Path:
    """The archive at `path` with another pickle, its checksums right."""
    with zipfile.ZipFile(path) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, data if name.endswith("data.pkl") else content)
    return path


def _pickle_of(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(next(each for each in archive.namelist() if each.endswith("data.pkl")))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: data.replace(b"M\xe8\x03", b"M\xe9\x03"), "damaged"),
        (lambda data: data.replace(b"M\xe8\x03\x85", b"M\xe9\x03\x85"), "damaged"),
        (lambda data: data.replace(b"ctorch\nFloatStorage", b"cposix\nsystem"), "asks for 'posix system'"),
        (lambda data: b"\x80\x02cbuiltins\nbytearray\nJ\xff\xff\xff\x7f\x85R.", "asks for 'builtins bytearray'"),
        (lambda data: b"\x80\x02}r\xff\xff\xff\x7f.", "another version"),
        (lambda data: b"\x80\x02\x8c\x01x.", "damaged|not the state"),
        (lambda data: b"\x80\x02" + b"]" * 10 + b"ae.", "damaged"),
        (lambda data: b"\x80\x02(ea.", "damaged"),
        (lambda data: b"\x80\x02}]K\x01s.", "damaged"),
        (lambda data: b"\x80\x02NN\x85R.", "damaged"),
        (lambda data: b"", "damaged"),
        (lambda data: data[:-40], "damaged"),
    ],
    ids=["storage", "size", "class", "memory", "memo", "instruction", "append", "mark", "key", "call", "empty", "half"],
)
def test_a_pickle_that_no_run_wrote_is_refused(tmp_path: Path, change: Any, why: str) -> None:
    """Also with right checksums: it runs no code, reads no foreign memory and takes no more than its own size."""
    path = tmp_path / "state.pt"
    checkpoint.save_state(path, _state())
    changed = change(_pickle_of(path))
    assert changed != _pickle_of(path)
    with pytest.raises(CheckpointError, match=why):
        checkpoint.load_state(_with_pickle(path, changed))


def test_a_state_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    """It is not unpacked."""
    path = tmp_path / "state.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(100_000_000))
    with pytest.raises(CheckpointError, match="has changed since it was written"):
        checkpoint.load_state(path)


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_weights_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    """A network that read with them would find nothing."""
    weights = build("deep", 0).state_dict()
    next(iter(weights.values()))[0] = value
    checkpoint.save(tmp_path / "model.npz", weights, _HEADER)
    with pytest.raises(CheckpointError, match="diverged"):
        checkpoint.load(tmp_path / "model.npz")


def test_weights_that_unpack_to_gigabytes_are_refused(tmp_path: Path) -> None:
    """They are not unpacked."""
    path = tmp_path / "model.npz"
    checkpoint.save(path, build("deep", 0).state_dict(), _HEADER)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.npy", bytes(100_000_000))
    with pytest.raises(CheckpointError, match="unpacks to far more"):
        checkpoint.load(path)


@pytest.mark.parametrize("value", [torch.zeros(3), True, "2", 2.0], ids=str)
def test_a_format_that_is_no_number_is_another_version(tmp_path: Path, value: Any) -> None:
    """Also a tensor, which is neither equal to a number nor unequal to it."""
    checkpoint.save_state(tmp_path / "state.pt", _state(format=value))
    with pytest.raises(CheckpointError, match="another version"):
        checkpoint.load_state(tmp_path / "state.pt")


@pytest.mark.parametrize(
    "value", [0, -1, 10**400, torch.nan, torch.inf, True, "1", None], ids=lambda each: f"{each!r:.9}"
)
def test_a_calibration_that_is_none_counts_as_none(value: Any) -> None:
    """A header that somebody edited costs no network."""
    assert Calibration.of({"temperature": value}) == Calibration()
    assert Calibration.of({"threshold": value}) == Calibration.of({"later": value}) == Calibration()


def test_a_title_steers_no_terminal() -> None:
    """Whatever the header says of its data."""
    assert Header.from_json({**_HEADER.to_json(), "data": "a\x1b[2J\ud800", "recipe": "\n"}).title.isprintable()
