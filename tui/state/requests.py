"""What screens and widgets ask of the app, since it leads to another screen or may need an answer first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from pathlib import Path

    from core.config.configuration import TrainingConfig
    from core.runs.run import Run


@dataclass
class OpenRun(Message):
    """Look at a run, of the present or the past, on the training screen."""

    run: Run


@dataclass
class StartRun(Message):
    """Start a training run and look at it."""

    config: TrainingConfig


@dataclass
class ResumeRun(Message):
    """Go on with a run that was stopped or interrupted, and look at it."""

    run: Run


@dataclass
class DrawWith(Message):
    """Draw, and have this checkpoint read it."""

    checkpoint: Path


class FineTune(Message):
    """Fine-tune on the active set, or answer what was not answered yet about the last fine-tuning."""
