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


def test_a_devices_failure_is_told_from_a_defect() -> None:
    """Running out of memory and CUDA's errors are the device's; a wrong shape is ours."""
    assert devices.is_device_failure(torch.OutOfMemoryError("CUDA out of memory"))
    assert devices.is_device_failure(RuntimeError("CUDA error: device-side assert triggered"))
    assert devices.is_device_failure(NotImplementedError("the operator is not implemented for MPS"))
    assert not devices.is_device_failure(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not devices.is_device_failure(ValueError("cuda"))
    assert not devices.is_device_failure(RuntimeError("the stamps of two files differ"))
