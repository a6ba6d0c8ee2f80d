"""Folders of digit images with known faults, for the tests of the check-up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.checkup.check import check
from core.checkup.checkup import Checkup
from core.checkup.finding import Finding

LabelledImages = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def clean(folder: Path, part: LabelledImages, each: int = 12, first: int = 0) -> Path:
    """`each` MNIST images of every digit as 28×28 PNGs, called 000.png and so on."""
    images, labels = part
    for label in range(10):
        (folder / str(label)).mkdir(parents=True, exist_ok=True)
        for turn, index in enumerate(np.flatnonzero(labels == label)[first : first + each]):
            Image.fromarray(images[index]).save(folder / str(label) / f"{turn:03}.png")
    return folder


def pixels(file: Path) -> NDArray[np.uint8]:
    """(H, W) uint8 of a grey image file."""
    with Image.open(file) as image:
        return np.asarray(image.convert("L"))


def save(file: Path, image: NDArray[np.uint8], **options: Any) -> None:
    """Write (H, W) or (H, W, 3) uint8 in the format of the name, or as Pillow's `options` say."""
    Image.fromarray(image).save(file, **options)


def scaled(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The image, side × side."""
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC))


def quick(folder: Path) -> Checkup:
    """A check-up without networks."""
    return check(folder, quick=True)


def of(checkup: Checkup, kind: str) -> Finding:
    """The one finding of a kind."""
    (found,) = [each for each in checkup.findings if each.kind == kind]
    return found


def paths(finding: Finding) -> set[str]:
    """The files that it names."""
    return {each.path for each in finding.files}


def serious(checkup: Checkup) -> list[str]:
    """The titles of all problems and warnings."""
    return [each.title for each in checkup.findings if each.severity != "hint"]
