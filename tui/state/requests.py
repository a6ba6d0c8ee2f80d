"""Requests that screens and widgets post to the app because they change the screen or may need an answer first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from pathlib import Path

    from core.config.configuration import TrainingConfig
    from core.reading.questions import Image
    from core.runs.run import Run


@dataclass
class OpenRun(Message):
    """Show a run, present or past, on the training screen."""

    run: Run


@dataclass
class StartRun(Message):
    """Start a training run and show it."""

    config: TrainingConfig


@dataclass
class ResumeRun(Message):
    """Resume a run that was stopped, and show it."""

    run: Run


@dataclass
class DrawWith(Message):
    """Open the drawing screen and read with this checkpoint."""

    checkpoint: Path


@dataclass(eq=False)
class LookInside(Message):
    """Show what a network makes of an image."""

    image: Image
    title: str
    """What it is, such as `your drawing`."""
    checkpoint: Path | None = None
    """The network; None for the one that reads."""


class FineTune(Message):
    """Fine-tune on the active set, or ask the question that is still open about the last fine-tuning."""
