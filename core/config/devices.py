"""Devices to train on, as `devices` tells of them. Knows no torch: which there are is found by `core.training`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.config.device_plan import Plan


@dataclass(frozen=True)
class Device:
    """A device that this machine has, or might have had."""

    name: str
    """`cpu`, `mps` or `cuda:N`, as `--device` takes it."""
    title: str
    memory: int | None
    """Bytes."""
    available: bool
    reason: str = ""
    """Why it is not available."""
    plan: Plan | None = None
    """How it is best used, where that was measured."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object, without a plan where there is none."""
        told = dataclasses.asdict(self)
        if self.plan is None:
            del told["plan"]
        return told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Device:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError where `data` is something else."""
        memory, plan = data["memory"], data.get("plan")
        return cls(
            name=str(data["name"]),
            title=str(data["title"]),
            memory=None if memory is None else int(memory),
            available=bool(data["available"]),
            reason=str(data["reason"]),
            plan=None if plan is None else Plan(**plan),
        )


@dataclass(frozen=True)
class DeviceList:
    """The answer to `devices`."""

    devices: tuple[Device, ...]
    """Every kind, those that are not available with the reason."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"devices": [each.to_json() for each in self.devices]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DeviceList:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError where `data` is something else."""
        return cls(tuple(Device.from_json(each) for each in data["devices"]))
