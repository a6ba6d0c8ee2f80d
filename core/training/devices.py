"""Lists the devices of this machine, with the reason why one is not available, and recognises a device's failure."""

from __future__ import annotations

import os
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
        yield Device("cuda", "CUDA", None, False, _why_no_cuda())
        return
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        yield Device(f"cuda:{index}", properties.name, properties.total_memory, True)


def _why_no_cuda() -> str:
    for name in ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"):
        if os.environ.get(name, "0").strip() in ("", "-1"):
            return f"{name} is {os.environ[name]!r}, which hides every card; unset it, or name one"
    try:
        torch.cuda.init()  # type: ignore[no-untyped-call] # as torch declares it
    except (RuntimeError, AssertionError) as error:
        sentence = first_line(error).partition(". ")[0]  # there is no driver, or it is too old
        return f"{sentence} (check with `nvidia-smi`)"
    return "no NVIDIA card, or no working driver (check with `nvidia-smi`)"


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


DEVICE_FAILURES = (RuntimeError, TypeError)
"""What torch raises where a device fails, among other things. NotImplementedError is a RuntimeError."""
_TYPED = (torch.AcceleratorError, torch.OutOfMemoryError)
_UNTYPED = re.compile(
    r"cuDNN error: |CUDA error: CUBLAS_|HIP error: |MPS backend out of memory|"
    r"Cannot convert a MPS Tensor to float64|"
    r"The operator '[^']+' is not currently (?:implemented|supported) (?:for|on) the MPS|"
    r"\[enforce fail at alloc_cpu|DefaultCPUAllocator: "
)
"""The beginnings of the errors for which torch has no type: those of libraries, of MPS and of the CPU's memory."""
_OUR_INDEX = "device-side assert"
"""A kernel was given an index that is out of range, which is a mistake of ours."""


def is_device_failure(error: BaseException) -> bool:
    """Whether `error` comes from the device and not from a bug of ours."""
    if not isinstance(error, DEVICE_FAILURES) or _OUR_INDEX in str(error):
        return False
    return isinstance(error, _TYPED) or bool(_UNTYPED.match(str(error)))


def first_line(error: BaseException) -> str:
    """The first line of an error's text; those of torch have many."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
