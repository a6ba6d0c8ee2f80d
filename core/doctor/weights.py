"""Whether the weights of a checkpoint can be read and are numbers. Without torch."""

from __future__ import annotations

from pathlib import Path

from core.doctor.path_text import without_home
from core.networks.checkpoint_file import read_weights
from core.system.damage import DAMAGE


def of_checkpoint(path: Path) -> str:
    """What is wrong with the weights in `path`, to follow its name; empty if nothing is."""
    import numpy as np  # if it is missing, the report says so and goes on

    try:
        weights = read_weights(path)
        if not weights:
            return "are missing: there is no array in it"
        wrong = [name for name, array in weights.items() if not np.isfinite(array).all()]
    except DAMAGE as error:
        return f"are damaged: {without_home(str(error)) or type(error).__name__}"
    return f"hold numbers that are not finite: {', '.join(sorted(wrong))}" if wrong else ""
