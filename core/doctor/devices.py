"""What can be trained on, and the fast ways of reading. Imports torch when it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.doctor.diagnosis import Examined, Remedy, Section, fine, note, problem
from core.doctor.path_text import without_home
from core.system import gc_policy

if TYPE_CHECKING:
    from core.config.devices import Device

_AGAIN = Remedy("Install torch again:", "python -m pip install --force-reinstall torch torchvision")


def examine() -> Section:
    """Every kind of device and every fast way, those that are lacking with the reason."""
    try:
        with gc_policy.spared():
            import torch  # noqa: F401 - here, so that an error of its import is told from one of ours
    except (ImportError, OSError) as error:  # OSError: a library that torch loads is missing or damaged
        return Section("Devices", (problem("torch", f"cannot be imported: {without_home(str(error))}", _AGAIN),))
    from core.inference.engine import fast_ways
    from core.training.devices import devices

    lines = [_device(each) for each in devices()]
    lines += [fine(way.name, way.summary) if way.available else note(way.name, way.reason) for way in fast_ways()]
    return Section("Devices", tuple(lines))


def _device(device: Device) -> Examined:
    if not device.available:
        return note(device.name, device.reason)
    return fine(device.name, device.title + (f", {device.memory / 2**30:.1f} GiB" if device.memory else ""))
