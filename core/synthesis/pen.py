"""Renders many pen traces at once as 28×28 images, as `normalise` would make them from drawings.

Each trace is rendered directly in the 20×20 box, with grey edges one pixel wide, and centred by mass in whole pixels.
The result is that of a large drawing, in a hundredth of the time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config.shape import BOX, SIDE
from core.synthesis.box import centred

Trace = list[NDArray[np.float64]]
"""Strokes, each (points, 2) with x to the right and y down, in any unit."""

_BATCH = 256


def rendered(traces: Sequence[Trace], radii: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(N, 28, 28) uint8, ink bright, of N traces drawn with round pens of `radii` (N,) pixels of the result."""
    found = np.zeros((len(traces), SIDE, SIDE), np.uint8)
    # Batches of similar lengths, since each trace costs as much as the longest in its batch.
    order = np.argsort([sum(map(len, trace)) for trace in traces], kind="stable")
    for start in range(0, len(traces), _BATCH):
        chosen = order[start : start + _BATCH]
        found[chosen] = _rendered([traces[each] for each in chosen], radii[chosen])
    return found


def _rendered(traces: Sequence[Trace], radii: NDArray[np.float64]) -> NDArray[np.uint8]:
    boxed = [_boxed(trace, radius) for trace, radius in zip(traces, radii, strict=True)]
    count = max(len(each) for each in boxed)
    # Pad with copies of the last segment, which change no distance.
    segments = np.stack([np.concatenate([each, np.repeat(each[-1:], count - len(each), axis=0)]) for each in boxed])
    images = _inked(torch.tensor(segments, dtype=torch.float32), torch.tensor(radii, dtype=torch.float32))
    return centred((images * 255 + 0.5).to(torch.uint8)).numpy()


def _boxed(trace: Trace, radius: float) -> NDArray[np.float64]:
    """Segments (S, 4) of the trace, scaled so that its ink fills the box, in the middle of the field."""
    points = np.concatenate(trace)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high - low).max())
    scale = max(0.0, BOX - 2 * radius) / extent if extent > 0 else 0.0
    placed = [(stroke - (low + high) / 2) * scale + SIDE / 2 for stroke in trace]
    # A stroke of one point becomes a segment of length 0.
    parts = [np.hstack([stroke[: max(1, len(stroke) - 1)], stroke[min(1, len(stroke) - 1) :]]) for stroke in placed]
    return np.concatenate(parts)


def _inked(segments: Tensor, radii: Tensor) -> Tensor:
    """Ink (N, 28, 28), 0 to 1, of segments (N, S, 4): the pen's radius + ½ pixel − the distance, clipped."""
    centres = torch.arange(SIDE) + 0.5
    start, along = segments[..., :2], segments[..., 2:] - segments[..., :2]
    length = along.square().sum(dim=-1).clamp_min(1e-9)
    x = centres.view(1, 1, 1, -1) - start[..., 0, None, None]
    y = centres.view(1, 1, -1, 1) - start[..., 1, None, None]
    across, down = along[..., 0, None, None], along[..., 1, None, None]
    part = ((x * across + y * down) / length[..., None, None]).clamp_(0, 1)
    squares = (x - part * across).square_() + (y - part * down).square_()
    nearest = squares.amin(dim=1).sqrt_()
    return (radii.view(-1, 1, 1) + 0.5 - nearest).clamp_(0, 1)
