"""A stand-in for `core` as a child process: it prints, waits and ends as a test tells it."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from core.system import children

_SCRIPT = """
import json, signal, sys, time
for step in json.loads(sys.argv[1]):
    if "wait" in step:
        time.sleep(step["wait"])
    elif "complain" in step:
        print(step["complain"], file=sys.stderr)
    elif "print" in step:
        print(step["print"], flush=True)
    elif "ignore_interrupt" in step:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("{}", flush=True)
    elif "exit" in step:
        sys.exit(step["exit"])
    else:
        print(json.dumps(step), flush=True)
"""
TRAIN_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
TEST_COUNTS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
DEVICES = {
    "devices": [
        {"name": "cpu", "title": "Nonesuch 9000, 2 cores", "memory": None, "available": True, "reason": ""},
        {"name": "cuda", "title": "", "memory": None, "available": False, "reason": "no NVIDIA driver"},
    ]
}


def install(monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Have children do what `answers` lists for their arguments, joined by spaces; returns those asked so far.

    A step is an object to print, or {"wait": seconds}, {"print": text}, {"complain": text}, {"exit": status} or
    {"ignore_interrupt": true}.
    """
    asked: list[str] = []

    def command(*arguments: str) -> list[str]:
        asked.append(" ".join(arguments))
        steps = answers.get(asked[-1], [{"error": f"nobody told what to do for {asked[-1]}"}, {"exit": 1}])
        return [sys.executable, "-I", "-S", "-c", _SCRIPT, json.dumps(steps)]

    monkeypatch.setattr(children, "command", command)
    return asked


def details(title: str = "MNIST", skipped: int = 0, count: int = 40) -> dict[str, Any]:
    """The answer to `datasets NAME --json`; the image of digit k is k + 1 bright rows."""
    samples = []
    for index in range(count):
        pixels = np.zeros((28, 28), np.uint8)
        pixels[4 : 4 + 2 * (index % 10 + 1), 6:22] = 255
        samples.append({"label": index % 10, "pixels": base64.b64encode(pixels.tobytes()).decode()})
    return {
        "name": title.lower(),
        "title": title,
        "images": 70_000,
        "source": "shipped",
        "state": "ready",
        "counts": [train + test for train, test in zip(TRAIN_COUNTS, TEST_COUNTS, strict=True)],
        "test_counts": TEST_COUNTS,
        "test_note": "MNIST's test set",
        "samples": samples,
        "skipped": [{"path": f"/own/3/{index}.png", "reason": "not an image"} for index in range(skipped)],
        "notes": ["Classes are of unequal size."] * bool(skipped),
    }
