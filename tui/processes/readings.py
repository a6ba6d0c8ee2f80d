"""One bitmap read by several models, one after the other, by a reader process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.reading.reading import Reading
from tui.processes.reader import Reader, ReaderState

_PATIENCE = 60.0  # seconds for one of them; the first one waits for the process too


async def readings(bitmap: NDArray[np.uint8], checkpoints: Sequence[Path]) -> list[Reading | None]:
    """What each model reads in a (H, W) uint8 bitmap with bright ink; None for one that cannot be asked."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Reading | None] = loop.create_future()
    wanted = ""

    def read(reading: Reading) -> None:
        # One that could not be loaded leaves the last one reading.
        if reading.checkpoint == wanted and not answer.done():
            answer.set_result(reading)

    def changed(state: ReaderState) -> None:
        if state.phase == "failed" and not answer.done():
            answer.set_result(None)

    reader = Reader(read, changed)
    reader.start()
    found: list[Reading | None] = []
    try:
        for checkpoint in checkpoints:
            answer, wanted = loop.create_future(), str(checkpoint)
            reader.load(checkpoint)
            reader.ask(bitmap)
            try:
                found.append(await asyncio.wait_for(answer, _PATIENCE))
            except TimeoutError:
                found.append(None)
    finally:
        await reader.close()
    return found
