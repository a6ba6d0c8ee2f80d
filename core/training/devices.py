"""Lists the devices of this machine, with the reason why one is not available, and recognises a device's failure."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from core.config.devices import Device
from core.errors import DeviceError
from core.system import hardware
from core.words import plural


def devices() -> list[Device]:
    """Devices of every kind, with the reason for each that is not available."""
    return [*_cuda_devices(), _mps_device(), _cpu_device()]


def _cuda_devices() -> Iterator[Device]:
    if torch.version.cuda is None and torch.version.hip is None:
        yield Device("cuda", "CUDA", None, False, "this build of torch has no CUDA support")
        return
    if not torch.cuda.is_available():
        reason = "no NVIDIA card, or no working driver (check with `nvidia-smi`)"
        yield Device("cuda", "CUDA", None, False, reason)
        return
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        yield Device(f"cuda:{index}", properties.name, properties.total_memory, True)


def _mps_device() -> Device:
    if not torch.backends.mps.is_built():
        return Device("mps", "Apple GPU (MPS)", None, False, "this build of torch has no MPS support")
    if not torch.backends.mps.is_available():
        return Device("mps", "Apple GPU (MPS)", None, False, "needs macOS 14 or newer on Apple silicon")
    return Device("mps", "Apple GPU (MPS)", torch.mps.recommended_max_memory(), True)


def _cpu_device() -> Device:
    cores = hardware.usable_cores()
    title = f"{hardware.processor_name()}, {plural(cores, 'core')}"
    return Device("cpu", title, hardware.memory_total(), True)


def find(name: str) -> Device:
    """The device that `--device` names; `cuda` means the first card. Raises DeviceError, which lists usable devices."""
    known = devices()
    wanted = "cuda:0" if name == "cuda" else name
    for device in known:
        if device.name == wanted and device.available:
            return device
    reasons = [device.reason for device in known if device.name.split(":")[0] == name.split(":")[0]]
    reason = reasons[0] if reasons and reasons[0] else "there is no such device"
    usable = ", ".join(device.name for device in known if device.available)
    raise DeviceError(f"device {name} cannot be used: {reason}. Usable here: auto, {usable}.")


DEVICE_FAILURES = (RuntimeError, NotImplementedError)
_FAILURE = re.compile(r"\bcuda|cudnn|cublas|nvml|\bmps\b|\bmetal\b|out of memory|allocate memory", re.IGNORECASE)


def is_device_failure(error: BaseException) -> bool:
    """Whether `error` comes from the device and not from a bug of ours."""
    if isinstance(error, torch.OutOfMemoryError):
        return True
    return isinstance(error, DEVICE_FAILURES) and bool(_FAILURE.search(str(error)))


def first_line(error: BaseException) -> str:
    """The first line of an error's text; those of torch have many."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
