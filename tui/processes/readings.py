"""One bitmap read by several models in turn, in a reader process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.reading.protocol import ReadAnswer
from core.reading.reading import Reading
from tui.processes.reader import Reader, ReaderState

_PATIENCE = 60.0  # seconds for each reading; the first one waits for the process too


async def readings(bitmap: NDArray[np.uint8], checkpoints: Sequence[Path]) -> list[Reading | None]:
    """What each model reads in a (H, W) uint8 bitmap with bright ink; None for a model that cannot read it."""
    answers: asyncio.Queue[ReadAnswer | None] = asyncio.Queue()

    def changed(state: ReaderState) -> None:
        if state.phase == "failed":
            answers.put_nowait(None)

    reader = Reader(answers.put_nowait, changed)
    reader.start()
    found: list[Reading | None] = []
    try:
        for checkpoint in checkpoints:
            reader.load(checkpoint)
            found.append(await _answer_to(reader.ask(bitmap), answers))
    finally:
        await reader.close()
    return found


async def _answer_to(asked: int, answers: asyncio.Queue[ReadAnswer | None]) -> Reading | None:
    """The reading with the id `asked`, or None if it does not come.

    Other readings are skipped: if a checkpoint cannot be loaded, the previous one goes on reading.
    """
    try:
        async with asyncio.timeout(_PATIENCE):
            while (answer := await answers.get()) is not None:
                if answer.id == asked:
                    return answer.reading
    except TimeoutError:
        pass
    return None
