"""core.system.hardware, core.system.usage and core.training.devices: what is said of this machine."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import torch
from waiting import LONGEST

from core.errors import DeviceError
from core.system import hardware, usage
from core.training import device_monitor, devices


def test_the_processor_is_watched() -> None:
    """Load is a share, memory plausible: this process uses some, and less than there is."""
    monitor = device_monitor.ProcessorMonitor("cpu")
    sum(number * number for number in range(200_000))
    state = monitor.state()
    assert state.load is None or 0 <= state.load <= 1
    assert state.memory_used is not None and state.memory_total is not None
    assert 10_000_000 < state.memory_used < state.memory_total
    assert 1 <= hardware.usable_cores() <= (os.cpu_count() or 1)


def test_the_load_is_that_since_the_last_look() -> None:
    """A thread that counts is seen at once."""
    usage.processor_load()
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        pass
    load = usage.processor_load()
    assert load is not None and load > 0.5 / (os.cpu_count() or 1)


def test_the_hottest_sensor_of_the_processor_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others, such as a disk's, do not; without any there is no temperature, and a Mac has none to ask."""
    sensors = {"coretemp": [SimpleNamespace(current=48.0), SimpleNamespace(current=61.5)]}
    sensors["nvme"] = [SimpleNamespace(current=80.0)]
    monkeypatch.setattr(psutil, "sensors_temperatures", lambda: sensors, raising=False)
    assert usage.processor_temperature() == 61.5
    del sensors["coretemp"]
    assert usage.processor_temperature() is None
    monkeypatch.delattr(psutil, "sensors_temperatures")
    assert usage.processor_temperature() is None


def test_what_the_system_does_not_tell_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hidden /proc costs the figures, no run."""

    def hidden() -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(psutil, "cpu_percent", hidden)
    monkeypatch.setattr(psutil, "Process", hidden)
    state = device_monitor.ProcessorMonitor("cpu").state()
    assert (state.load, state.memory_used) == (None, None)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("37, 1024, 61\n", (0.37, 1024 << 20, 61.0)),
        ("[N/A], 512, [N/A]\n", (None, 512 << 20, None)),
        ("", (None, None, None)),
    ],
)
def test_nvidia_smi_is_understood(output: str, expected: tuple[object, ...]) -> None:
    """Figures are scaled to shares and bytes; what a card does not tell is None."""
    assert device_monitor.parse_smi(output) == expected


def test_a_card_is_watched_without_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look starts `nvidia-smi`, a later one has its figures."""
    smi = tmp_path / "nvidia-smi"
    smi.write_text('#!/bin/sh\ncase "$1" in *GPU-1234) echo "50, 100, 40";; esac\n')
    smi.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monitor = device_monitor.CardMonitor(0, "1234", 1 << 30)
    try:
        assert monitor.state().load is None
        assert monitor._child is not None
        monitor._child.wait(LONGEST)
        state = monitor.state()
        assert (state.load, state.memory_used, state.temperature) == (0.5, 100 << 20, 40.0)
    finally:
        monitor.close()


def test_every_kind_of_device_is_listed() -> None:
    """CUDA, MPS and CPU each appear; one that is missing says why, and the CPU is always there."""
    found = {device.name.split(":")[0]: device for device in devices.devices()}
    assert set(found) == {"cuda", "mps", "cpu"}
    assert found["cpu"].available
    for device in found.values():
        assert device.available or device.reason


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without CUDA")
def test_a_missing_device_is_an_error_and_not_a_slower_one() -> None:
    """Asking for CUDA without a card names the reason and what is usable."""
    with pytest.raises(DeviceError) as caught:
        devices.find("cuda")
    assert "cuda" in str(caught.value)
    assert "cpu" in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        torch.AcceleratorError("CUDA error: no kernel image is available for execution on the device"),
        torch.AcceleratorError("HIP error: invalid device function"),
        torch.AcceleratorError("an illegal memory access was encountered"),
        RuntimeError("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("MPS backend out of memory (MPS allocated: 8.00 GB, other allocations: 1.00 GB)"),
        TypeError("Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64."),
        NotImplementedError("The operator 'aten::linalg_qr' is not currently implemented for the MPS device."),
        RuntimeError("[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory"),
    ],
    ids=str,
)
def test_a_devices_failure_is_recognised(error: Exception) -> None:
    """By PyTorch's type, or by the beginning of what it says where it has none."""
    assert devices.is_device_failure(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"),
        torch.AcceleratorError("CUDA error: device-side assert triggered"),
        RuntimeError("mat1 and mat2 shapes cannot be multiplied (1x784 and 783x10)"),
        RuntimeError("Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same"),
        RuntimeError("Cannot re-initialize CUDA in forked subprocess."),
        NotImplementedError("Cannot copy out of meta tensor; no data! mps"),
        TypeError("cuda() takes 1 positional argument but 2 were given"),
        ValueError("CUDA error: not by torch"),
        RuntimeError("the stamps of two files differ"),
    ],
    ids=str,
)
def test_a_mistake_of_ours_is_no_failure_of_a_device(error: Exception) -> None:
    """Though it names one: it ends the run with a traceback instead of training on a slower device."""
    assert not devices.is_device_failure(error)


@pytest.mark.parametrize("hidden", ["", "-1"])
def test_hidden_cards_are_said_to_be_hidden(monkeypatch: pytest.MonkeyPatch, hidden: str) -> None:
    """Not that there is no card."""
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    (found,) = (each for each in devices.devices() if each.name == "cuda")
    assert "CUDA_VISIBLE_DEVICES" in found.reason and "unset it" in found.reason


def test_a_driver_that_is_too_old_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """In torch's words, which name the version."""

    def init() -> None:
        raise RuntimeError("The NVIDIA driver on your system is too old (found version 11040).\nPlease update it.")

    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "init", init)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    (found,) = (each for each in devices.devices() if each.name == "cuda")
    assert found.reason == (
        "The NVIDIA driver on your system is too old (found version 11040) (check with `nvidia-smi`)"
    )
