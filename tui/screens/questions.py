"""Questions before something is lost or slowed down. Call them from a worker: they wait for the answer."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App

from tui.processes.run_list import running_runs
from tui.screens.confirm import Confirm
from tui.state.download import Download


async def may_start(app: App[Any]) -> bool:
    """Whether to start a run; asks if another one is going."""
    going = await asyncio.to_thread(running_runs)
    if not going:
        return True
    question = Confirm(
        f"{going[0].name} is still training.",
        "Two runs at once share the processor and slow each other down.",
        yes="Start another",
    )
    answer: bool = await app.push_screen_wait(question)
    return answer


async def may_leave(app: App[Any], download: Download | None) -> bool:
    """Whether to quit the app; asks if `download` is under way."""
    if download is None or not download.is_under_way:
        return True
    question = Confirm(
        f"{download.name} is still downloading.",
        "Quitting cancels the download; no part of it is kept.",
        yes="Quit",
        no="Stay",
    )
    answer: bool = await app.push_screen_wait(question)
    return answer
