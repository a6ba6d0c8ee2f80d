"""What the app asks before something is lost or becomes slow. Call from a worker, since it waits for the answer."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App

from tui.processes.run_list import running_runs
from tui.screens.confirm import Confirm
from tui.state.download import Download


async def may_start(app: App[Any]) -> bool:
    """Whether to start a run; asks where another one is going."""
    going = await asyncio.to_thread(running_runs)
    if not going:
        return True
    question = Confirm(
        f"{going[0].name} is still training.",
        "Two runs at once share the processor, and both become slower.",
        yes="Start another",
    )
    answer: bool = await app.push_screen_wait(question)
    return answer


async def may_leave(app: App[Any], download: Download | None) -> bool:
    """Whether to leave the app; asks where `download` is under way."""
    if download is None or not download.is_under_way:
        return True
    question = Confirm(
        f"The download of {download.name} is not done.",
        "Leaving ends it, and nothing of it is kept.",
        yes="Leave",
        no="Stay",
    )
    answer: bool = await app.push_screen_wait(question)
    return answer
