"""A `core` command as a child of the app: its lines, its errors, and its end."""

from __future__ import annotations

import asyncio
import os
from contextlib import aclosing
from typing import Any

import pytest
from fake_core import install

from core.errors import DigitsError
from core.system.messages import CommandProgress
from tui.processes import child


async def test_lines_come_as_they_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no JSON object is passed over."""
    install(monkeypatch, {"x": [{"a": 1}, {"print": "a library speaks"}, {"print": "[2]"}, {"a": 3}]})
    assert [message async for message in child.lines("x")] == [{"a": 1}, {"a": 3}]


async def test_ask_reports_progress_and_answers_with_the_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress may have no total."""
    install(monkeypatch, {"x --json": [{"done": 1, "total": None}, {"done": 2, "total": 4}, {"name": "n"}]})
    seen: list[tuple[int, int | None]] = []
    answer = await child.ask("x", "--json", progress=lambda done, total: seen.append((done, total)))
    assert answer == {"name": "n"}
    assert seen == [(1, None), (2, 4)]


async def test_a_result_is_parsed_and_its_stages_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be parsed is an error like any other."""
    steps: list[dict[str, Any]] = [{"done": 1, "total": 2, "doing": "reading"}, {"images": "7"}]
    install(monkeypatch, {"x": steps})
    seen: list[CommandProgress] = []
    assert await child.result(lambda answer: int(answer["images"]), "x", progress=seen.append) == 7
    assert seen == [CommandProgress(1, 2, "reading")]
    with pytest.raises(DigitsError, match=r"^the answer is not valid: KeyError\('counts'\)$"):
        await child.result(lambda answer: int(answer["counts"]), "x")


async def test_a_line_of_a_megabyte_arrives_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples and skipped files make lines far longer than asyncio's 64 KiB."""
    install(monkeypatch, {"x": [{"text": "a" * 100_000}]})
    assert await child.ask("x") == {"text": "a" * 100_000}


async def test_an_error_of_the_child_is_raised_as_it_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is added to the message."""
    install(monkeypatch, {"x": [{"error": "no such folder; check the spelling"}, {"exit": 1}]})
    with pytest.raises(DigitsError, match=r"^no such folder; check the spelling$"):
        await child.ask("x")


async def test_a_child_that_dies_is_told_of_with_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of the child ends in a traceback on standard error; its last line says most."""
    install(monkeypatch, {"x --y": [{"complain": "Traceback\nMemoryError: too much"}, {"exit": 3}]})
    with pytest.raises(DigitsError, match="`core x` failed with status 3: MemoryError: too much"):
        await child.ask("x", "--y")


async def test_a_child_that_says_nothing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where it ends well."""
    install(monkeypatch, {"x": []})
    with pytest.raises(DigitsError, match="without an answer"):
        await child.ask("x")


async def test_a_child_that_cannot_be_started_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as where the interpreter has been removed meanwhile."""
    monkeypatch.setattr("core.system.children.command", lambda *_: ["/nonexistent/python"])
    with pytest.raises(DigitsError, match="cannot start `core x`"):
        await child.ask("x")


@pytest.mark.parametrize(("stubborn", "times"), [(False, 1), (True, 1), (True, 2), (True, 5)])
async def test_cancelling_ends_the_child(monkeypatch: pytest.MonkeyPatch, stubborn: bool, times: int) -> None:
    """By an interrupt, and where that is ignored by force: after a while, or at once where it is cancelled again."""
    monkeypatch.setattr(child, "_GRACE", 0.3 if times == 1 else 3600)
    first = [{"ignore_interrupt": True}] if stubborn else [{}]
    install(monkeypatch, {"x": [*first, {"wait": 60}]})
    started: list[asyncio.subprocess.Process] = []
    create = asyncio.create_subprocess_exec

    async def watched(*arguments: str, **options: Any) -> asyncio.subprocess.Process:
        started.append(await create(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    begun = asyncio.Event()

    async def listen() -> None:
        async with aclosing(child.lines("x")) as messages:
            async for _ in messages:
                begun.set()

    task = asyncio.create_task(listen())
    await begun.wait()
    for number in range(times):
        task.cancel()
        await asyncio.sleep(0.05 if number == 0 else 0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert started[0].returncode is not None
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].pid, 0)
