"""How many whole numbers are read right, by length, kind and way of reading.

    python -m tests.benchmarks.number_reading --traces pendigits.jsonl --images hwd1000 [--count 200] [--checkpoint RUN]

Numbers of 2 to 6 digits are made of a file of pen traces (by strokes, and as a bitmap without them) and of a folder
of images (`0/` to `9/`). In one number of pen traces all digits are by one writer, in the sizes in which they were
written. The kinds: `apart`, a gap of 5 to 35% of the digits' height between the bounding boxes; `touching`, each digit
pushed to the left until its ink meets the other's, at the place where they do so first; `uneven`, apart, with each
digit up to a quarter of the height above or below the line and up to 15% larger or smaller; `overlapping`, touching and
then pushed further, by up to a twentieth of the height, which is half a stroke. Also how many single
digits are still read as one, and as the same. Always the same numbers: the seed is fixed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.drawing.ink import STROKE_WIDTH, Ink, Stroke
from core.preprocessing.bounding_box import cropped
from core.preprocessing.images import decode
from core.preprocessing.normalise import Step, steps
from core.reading.reading import Reading
from core.reading.recogniser import Recogniser
from core.runs.checkpoints import resolve

Grey = NDArray[np.uint8]
KINDS = ("apart", "touching", "uneven", "overlapping")
LENGTHS = (2, 3, 4, 5, 6)
_HEIGHT = 60.0
"""Pixels from the top to the bottom of a digit of a pen trace, on average over those of a number."""
_FAINT = 64
"""Grey level over which ink can touch."""


@dataclass(frozen=True)
class Digit:
    """One digit to make numbers of."""

    label: int
    writer: str
    strokes: tuple[NDArray[np.float64], ...]
    """Each (points, 2), (x, y) from (0, 0) on; empty where there is only an image."""
    ink: Grey
    """Its ink, cropped; empty (0, 0) where there are strokes."""


@dataclass(frozen=True)
class Number:
    """A drawing and what it says."""

    text: str
    bitmap: Grey
    strokes: tuple[Stroke, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    """(x, y) of the top left corner of each digit's image."""
    images: tuple[Grey, ...] = ()
    """The digits alone."""


def of_traces(path: Path) -> list[Digit]:
    """The digits of a file of pen traces."""
    found = []
    for line in path.read_text().splitlines():
        row = json.loads(line)
        strokes = [np.asarray(stroke, np.float64)[:, :2] for stroke in row["strokes"] if stroke]
        low = np.concatenate(strokes).min(axis=0)
        moved = tuple(stroke - low for stroke in strokes)
        found.append(Digit(int(row["label"]), str(row.get("writer", "")), moved, np.zeros((0, 0), np.uint8)))
    return found


def of_images(folder: Path) -> list[Digit]:
    """The digits of a folder with a folder of images for each."""
    files = [(label, path) for label in range(10) for path in sorted((folder / str(label)).iterdir())]
    return [Digit(label, "", (), ink_of(decode(path))) for label, path in files]


def ink_of(bitmap: Grey) -> Grey:
    """The ink of an image, without paper and specks, cropped."""
    return cropped(dict(steps(bitmap))[Step.SPECKS])


def numbers(digits: list[Digit], length: int, kind: str, count: int, seed: int) -> Iterator[Number]:
    """`count` numbers; the same ones for the same arguments."""
    random = np.random.default_rng([seed, length, KINDS.index(kind)])
    writers = sorted({digit.writer for digit in digits})
    by_writer = {writer: [digit for digit in digits if digit.writer == writer] for writer in writers}
    for _ in range(count):
        own = by_writer[writers[random.integers(len(writers))]]
        chosen = [own[random.integers(len(own))] for _ in range(length)]
        text = "".join(str(digit.label) for digit in chosen)
        yield _traced(text, chosen, kind, random) if chosen[0].strokes else _pasted(text, chosen, kind, random)


def _traced(text: str, digits: list[Digit], kind: str, random: np.random.Generator) -> Number:
    tall = float(np.mean([np.concatenate(digit.strokes)[:, 1].max() for digit in digits])) or 1.0
    radius = _HEIGHT * STROKE_WIDTH / 2
    paths = []
    images = []
    for digit in digits:
        scale = _HEIGHT / tall * (random.uniform(0.85, 1.15) if kind == "uneven" else 1.0)
        path = [stroke * scale + radius + 1 for stroke in digit.strokes]
        right, bottom = np.ceil(np.concatenate(path).max(axis=0) + radius + 1).astype(int)
        paths.append(path)
        images.append(_drawn(int(right), int(bottom), path, radius)[0])
    places, (width, height) = _arranged(images, kind, random)
    moved = [stroke + place for path, place in zip(paths, places, strict=True) for stroke in path]
    bitmap, strokes = _drawn(width, height, moved, radius)
    return Number(text, bitmap, strokes)


def _drawn(width: int, height: int, path: list[NDArray[np.float64]], radius: float) -> tuple[Grey, tuple[Stroke, ...]]:
    ink = Ink(width, height, radius)
    for stroke in path:
        ink.press(*stroke[0])
        for x, y in stroke[1:]:
            ink.drag(x, y)
        ink.lift()
    return ink.bitmap, ink.strokes


def _pasted(text: str, digits: list[Digit], kind: str, random: np.random.Generator) -> Number:
    images = []
    for digit in digits:
        image = digit.ink
        if kind == "uneven":
            from PIL import Image

            scale = random.uniform(0.85, 1.15)
            size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
            image = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))
        images.append(image)
    places, (width, height) = _arranged(images, kind, random)
    bitmap = np.zeros((height, width), np.uint8)
    for image, (x, y) in zip(images, places, strict=True):
        part = bitmap[y : y + image.shape[0], x : x + image.shape[1]]
        np.maximum(part, image, out=part)
    return Number(text, bitmap, (), tuple(places), tuple(images))


def _arranged(
    images: list[Grey], kind: str, random: np.random.Generator
) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """Where each image goes on a canvas, (x, y), and the canvas's width and height."""
    tall = float(np.mean([image.shape[0] for image in images]))
    margin = round(tall / 4)
    floor = margin + round(1.5 * tall)
    places: list[tuple[int, int]] = []
    for image in images:
        y = floor - image.shape[0]
        if kind == "uneven":
            y += round(random.uniform(-0.25, 0.25) * tall)
        if not places:
            x = margin
        elif kind in ("touching", "overlapping"):
            deeper = round(random.uniform(0, 0.05) * tall) if kind == "overlapping" else 0
            x = _against(images[len(places) - 1], places[-1], image, y) - deeper
        else:
            left = images[len(places) - 1]
            x = places[-1][0] + _right(left) + round(random.uniform(0.05, 0.35) * tall) - _left(image)
        places.append((x, y))
    least = min(x for x, _ in places)
    top = min(y for _, y in places)
    places = [(x - least + margin, y - top + margin) for x, y in places]
    width = max(x + image.shape[1] for image, (x, _) in zip(images, places, strict=True)) + margin
    height = max(y + image.shape[0] for image, (_, y) in zip(images, places, strict=True)) + margin
    return places, (width, height)


def _against(left: Grey, place: tuple[int, int], right: Grey, y: int) -> int:
    """The x at which `right`, with its top at `y`, first lies beside or on the ink of `left` in some row."""
    rows = max(place[1] + left.shape[0], y + right.shape[0])
    ends, begins = np.full(rows, -(10**6)), np.full(rows, 10**6)
    for row in range(left.shape[0]):
        if (columns := np.flatnonzero(left[row] > _FAINT)).size:
            ends[place[1] + row] = place[0] + columns[-1]
    for row in range(right.shape[0]):
        if (columns := np.flatnonzero(right[row] > _FAINT)).size:
            begins[y + row] = columns[0]
    distance = int((begins - ends).min())
    if distance > 10**5:  # no row has both: beside each other then
        return int(place[0] + left.shape[1])
    return 1 - distance


def _left(image: Grey) -> int:
    return int(np.flatnonzero(image.any(axis=0))[0])


def _right(image: Grey) -> int:
    return int(np.flatnonzero(image.any(axis=0))[-1]) + 1


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=Path, help="a file of pen traces")
    parser.add_argument("--images", type=Path, action="append", default=[], help="a folder of images of digits")
    parser.add_argument("--checkpoint", default="", help="else the shipped model")
    parser.add_argument("--count", type=int, default=200, help="numbers of each length and kind")
    parser.add_argument("--lengths", type=int, nargs="+", default=LENGTHS)
    parser.add_argument("--singles", type=int, default=1000, help="single digits of each set")
    given = parser.parse_args()
    if given.traces is None and not given.images:
        parser.error("there is nothing to make numbers of: give --traces, --images or both")
    torch.set_num_threads(1)
    recogniser = Recogniser(resolve(given.checkpoint))
    sets: list[tuple[str, list[Digit], Callable[[Number], Reading]]] = []

    def by_strokes(number: Number) -> Reading:
        return recogniser.read_number(number.bitmap, number.strokes, "bright")

    def by_components(number: Number) -> Reading:
        return recogniser.read_number(number.bitmap, polarity="bright")

    if given.traces:
        traces = of_traces(given.traces)
        sets += [
            (f"{given.traces.stem}, strokes", traces, by_strokes),
            (f"{given.traces.stem}, bitmap", traces, by_components),
        ]
    sets += [(f"{folder.name}, bitmap", of_images(folder), by_components) for folder in given.images]
    print(f"{recogniser.path}, {given.count} numbers a cell, % of whole numbers right")
    for name, digits, read in sets:
        print(f"\n{name:28}" + "".join(f"{length:>8}" for length in given.lengths))
        for kind in KINDS:
            row = []
            for length in given.lengths:
                right = [read(each).number == each.text for each in numbers(digits, length, kind, given.count, 0)]
                row.append(100 * float(np.mean(right)))
            print(f"  {kind:26}" + "".join(f"{value:8.1f}" for value in row), flush=True)
        split = right_before = right_after = 0
        singles = list(numbers(digits, 1, "apart", given.singles, 1)) if given.singles else []
        for each in singles:
            before = recogniser.read(each.bitmap, "bright")
            after = read(each)
            split += bool(after.digits)
            right_before += str(before.digit) == each.text
            right_after += not after.digits and str(after.digit) == each.text
        if singles:
            print(
                f"  {len(singles)} single digits: {right_before / len(singles):.2%} right alone, "
                f"{right_after / len(singles):.2%} as a number, {split} taken for several"
            )


if __name__ == "__main__":
    main()
