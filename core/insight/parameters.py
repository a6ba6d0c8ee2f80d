"""All parameters of a small network, layer by layer, from the arrays of its checkpoint. Knows no torch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Parameters = NDArray[np.float32]

MOST = 2500
"""A network with more parameters cannot show each of them on a terminal of 80×24."""


@dataclass(frozen=True, eq=False)  # arrays have no single truth value
class LayerParameters:
    """The parameters of one convolution or linear layer, and of the batch normalisation that follows it."""

    kernels: Parameters
    """(O, I, h, w): one kernel for each output and input. A linear layer that takes the feature maps of a convolution
    whole is one with kernels of their size; any other has kernels of 1×1."""
    scales: Parameters | None
    """(O,), of the batch normalisation; None if there is none."""
    shifts: Parameters | None
    """(O,): the batch normalisation's or the biases; None if there are none."""

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(each.size for each in self.arrays)

    @property
    def arrays(self) -> tuple[Parameters, ...]:
        """Those that there are: kernels, scales, shifts."""
        return tuple(each for each in (self.kernels, self.scales, self.shifts) if each is not None)


def layers_of(arrays: Mapping[str, Any]) -> tuple[LayerParameters, ...]:
    """The layers of a `SequentialNetwork` with these arrays, named as in its checkpoint, from the first to the last.

    Running means and variances are no parameters. Raises ValueError if they are those of no such network.
    """
    found: list[LayerParameters] = []
    for kernels, one_by_one in _groups(arrays):
        scales, shifts = one_by_one.get("scale"), one_by_one.get("shift")
        for name, each in one_by_one.items():
            if each.shape != (len(kernels),):
                raise ValueError(f"a {name} has shape {each.shape}; its layer has {len(kernels)} outputs")
        found.append(LayerParameters(kernels, scales, shifts))
    if not found:
        raise ValueError("there is no layer with weights")
    return tuple(found)


def _groups(arrays: Mapping[str, Any]) -> Iterator[tuple[Parameters, dict[str, Parameters]]]:
    """The kernels of each layer with its scales and shifts."""
    numbers = sorted({int(name.split(".")[1]) for name in arrays if _is_parameter(name)})
    kernels: Parameters | None = None
    others: dict[str, Parameters] = {}
    for number in numbers:
        weight, bias = arrays.get(f"layers.{number}.weight"), arrays.get(f"layers.{number}.bias")
        if weight is None or weight.ndim not in (1, 2, 4):
            raise ValueError(f"layer {number} has no weights of a known shape")
        if weight.ndim == 1:
            others["scale"] = _floats(weight)
        else:
            if kernels is not None:
                yield kernels, others
            kernels, others = _floats(_kernels(weight, kernels)), {}
        if bias is not None:
            others["shift"] = _floats(bias)
    if kernels is not None:
        yield kernels, others


def _kernels(weight: Any, before: Parameters | None) -> Any:
    """The weights of a layer as kernels, after a layer with the kernels `before`."""
    if weight.ndim == 4:
        return weight
    outputs, inputs = weight.shape
    maps = inputs if before is None else len(before)
    side = math.isqrt(inputs // maps)
    if maps * side * side == inputs:
        return weight.reshape(outputs, maps, side, side)
    return weight.reshape(outputs, inputs, 1, 1)


def _is_parameter(name: str) -> bool:
    parts = name.split(".")
    return len(parts) == 3 and parts[0] == "layers" and parts[1].isdecimal() and parts[2] in ("weight", "bias")


def _floats(array: Any) -> Parameters:
    return cast(Parameters, np.asarray(array, np.float32))
