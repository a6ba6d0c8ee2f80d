"""Devices to train on, as `devices` lists them. Knows no torch: `core.training` finds out which there are."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.config.device_plan import Plan


@dataclass(frozen=True)
class Device:
    """A device that this machine has, or a kind of device that it lacks."""

    name: str
    """`cpu`, `mps` or `cuda:N`, as `--device` takes it."""
    title: str
    memory: int | None
    """Bytes."""
    available: bool
    reason: str = ""
    """Why it is not available; empty if it is."""
    plan: Plan | None = None
    """The best way to use it, if that was measured."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `plan` is left out if None."""
        fields = dataclasses.asdict(self)
        if self.plan is None:
            del fields["plan"]
        return fields

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Device:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
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
class FastWay:
    """One of the ways to speed up inference, which this machine may have or lack."""

    name: str
    summary: str
    """What it is, in a few words."""
    reason: str = ""
    """Why it is not available; empty if it is."""

    @property
    def available(self) -> bool:
        """Whether this machine has it."""
        return not self.reason

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {**dataclasses.asdict(self), "available": self.available}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FastWay:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(str(data["name"]), str(data["summary"]), str(data["reason"]))


@dataclass(frozen=True)
class DeviceList:
    """The result of `devices`."""

    devices: tuple[Device, ...]
    """Every kind of device, unavailable ones with the reason."""
    inference: tuple[FastWay, ...] = ()
    """The ways to make inference on the CPU fast, available here or not."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "devices": [each.to_json() for each in self.devices],
            "inference": [each.to_json() for each in self.inference],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DeviceList:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(
            tuple(Device.from_json(each) for each in data["devices"]),
            tuple(FastWay.from_json(each) for each in data.get("inference", ())),
        )
