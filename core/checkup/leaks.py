"""Finds properties that give the class of an image away without its digit: size, format, mode, colours of border and
paper.

For each property the information about the class is measured (as a share of the class's entropy: the uncertainty
coefficient), less the information that chance gives in a set of this size, as measured with shuffled labels. A property
counts if it is far above the values of 200 shuffles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from core.checkup.finding import Finding, Severity, finding
from core.checkup.survey import Survey
from core.config.shape import CLASSES
from core.words import listed, percent, plural

_SHUFFLES = 200
_DEVIATIONS = 6.0
"""A leak must exceed the mean of the shuffles by this many of their standard deviations."""
_HINT, _WARNING = 0.02, 0.06
"""Share of the information about the class from which a leak is reported, and from which it is a warning."""
_MOST_VALUES = 16
"""A numeric property with more values than this is put into ranges."""
_RANGES = 8
_MOST_MEANT = 5
"""A value that leaves more classes than this open tells little."""
_COVERED = 0.95
"""Share of the images with a value that must belong to the classes it stands for."""
_LEAST = 5
"""Fewest images with a value for it to mean anything."""
_TIGHT = 0.9
"""Share of its image that a digit fills if images were cropped to it: then their sizes are those of the digits."""
_SAMPLE = 20_000


@dataclass(frozen=True)
class Property:
    """A property of all images that show something."""

    name: str
    codes: NDArray[np.int64]
    """(M,) the index in `values` of each image's value."""
    values: list[str]
    natural: bool = False
    """Whether the digits themselves differ in it."""


@dataclass(frozen=True)
class Leak:
    """How much a property tells about the class."""

    property: Property
    information: float
    """Share of the information about the class, 0 to 1, beyond chance."""


def leaks(survey: Survey) -> list[Finding]:
    """Properties that give the class away, most telling first."""
    drawn = survey.drawn
    if not len(drawn):
        return []
    chosen = np.arange(len(drawn))
    if len(drawn) > _SAMPLE:
        chosen = np.sort(np.random.default_rng(0).permutation(len(drawn))[:_SAMPLE])
    labels = survey.labels[drawn]
    found = [
        Leak(each, information)
        for each in properties(survey)
        if (information := told(each.codes[chosen], labels[chosen])) > (_WARNING if each.natural else _HINT)
    ]
    found.sort(key=lambda leak: -leak.information)
    main: list[tuple[Leak, list[str]]] = []
    for leak in found:
        alike = next((names for other, names in main if _same(leak.property.codes, other.property.codes)), None)
        if alike is None:
            main.append((leak, []))
        else:
            alike.append(leak.property.name)
    return [_finding(survey, drawn, leak, also) for leak, also in main]


def properties(survey: Survey) -> list[Property]:
    """All properties with two or more values."""
    drawn = survey.drawn
    facts = survey.facts[drawn]
    box = facts["box"]
    fills = np.median(np.minimum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])) if len(drawn) else 0.0
    tight = bool(np.median(np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])) > _TIGHT and fills > 0.3)
    sizes = [f"{width}×{height}" for width, height in zip(facts["width"], facts["height"], strict=True)]
    widths, heights = numbers("width", facts["width"], tight), numbers("height", facts["height"], tight)
    suffixes = [PurePosixPath(survey.name(each)).suffix.lower() or "no extension" for each in drawn.tolist()]
    found = [
        widths,
        heights,
        texts("format", [each.decode() for each in facts["format"]]),
        texts("mode", [each.decode() for each in facts["mode"]]),
        texts("extension", suffixes),
        texts("polarity", ["dark on light" if each else "light on dark" for each in facts["dark"]]),
        texts("surroundings", ["transparent" if each else "opaque" for each in facts["clear"]]),
        numbers("paper", _grey(facts["paper"])),
        numbers("border", _grey(facts["border"])),
        texts("border's colour", _tints(facts["border"])),
        texts("paper's colour", _tints(facts["paper"])),
    ]
    # Width and height together tell more only if the same width occurs with several heights, or the other way round.
    both = texts("size", sizes)
    if max(len(widths.values), len(heights.values)) < len(both.values) <= _MOST_VALUES:
        found.insert(0, Property(both.name, both.codes, both.values, tight))
    return [each for each in found if len(each.values) > 1]


def texts(name: str, values: Sequence[str]) -> Property:
    """A property whose values are texts."""
    known, codes = np.unique(np.array(values, dtype=object).astype(str), return_inverse=True)
    return Property(name, codes.astype(np.int64), [f"{name} {each}" for each in known.tolist()])


def numbers(name: str, values: NDArray[np.generic], natural: bool = False) -> Property:
    """A property whose values are numbers; many different ones become eight ranges with about equally many images."""
    known, codes = np.unique(values, return_inverse=True)
    if len(known) <= _MOST_VALUES:
        return Property(name, codes.astype(np.int64), [f"{name} {each}" for each in known.tolist()], natural)
    limits = np.unique(np.quantile(values.astype(np.float64), np.arange(1, _RANGES) / _RANGES))
    codes = np.searchsorted(limits, values.astype(np.float64), side="right")
    present, codes = np.unique(codes, return_inverse=True)
    ends = [(values[codes == each].min(), values[codes == each].max()) for each in range(len(present))]
    return Property(name, codes.astype(np.int64), [f"{name} {low} to {high}" for low, high in ends], natural)


def told(codes: NDArray[np.int64], labels: NDArray[np.uint8]) -> float:
    """The information of `codes` (M,) about `labels` (M,) beyond chance, 0 to 1; 0 if it may be chance.

    1 means that the class follows from the value.
    """
    entropy = _entropy(np.bincount(labels, minlength=CLASSES)[None])
    if entropy <= 0:
        return 0.0
    random = np.random.default_rng(0)
    observed = _information(codes, labels)
    chance = np.array([_information(codes, random.permutation(labels)) for _ in range(_SHUFFLES)])
    if observed <= max(float(chance.max()), float(chance.mean() + _DEVIATIONS * chance.std())):
        return 0.0
    return (observed - float(chance.mean())) / entropy


def _information(codes: NDArray[np.int64], labels: NDArray[np.uint8]) -> float:
    """Mutual information in bits."""
    table = np.bincount(codes * CLASSES + labels, minlength=(int(codes.max()) + 1) * CLASSES).reshape(-1, CLASSES)
    return _entropy(table.sum(axis=0)[None]) - _entropy(table)


def _entropy(table: NDArray[np.int64]) -> float:
    """Mean entropy in bits of the rows of counts (V, 10), weighted by their sums."""
    rows = table.sum(axis=1, keepdims=True)
    shares = table / np.maximum(rows, 1)
    logs = np.log2(shares, out=np.zeros(shares.shape), where=shares > 0)
    return float(-(shares * logs).sum(axis=1) @ rows[:, 0] / rows.sum())


def _same(codes: NDArray[np.int64], others: NDArray[np.int64]) -> bool:
    """Whether two properties divide the images in the same way, up to one image in a hundred."""
    pairs, counts = np.unique(np.stack([codes, others]), axis=1, return_counts=True)
    return all(
        sum(counts[pairs[side] == value].max() for value in np.unique(pairs[side])) >= 0.99 * len(codes)
        for side in (0, 1)
    )


def _grey(colours: NDArray[np.uint8]) -> NDArray[np.int64]:
    return np.asarray(np.round(colours.astype(np.float64) @ [0.299, 0.587, 0.114]), np.int64)


def _tints(colours: NDArray[np.uint8]) -> list[str]:
    """Clear colours in steps of 64 levels; all greys are `grey`."""
    plain = np.ptp(colours.astype(int), axis=1) < 32
    steps = (colours.astype(int) + 32) // 64 * 64
    return [
        "grey" if is_grey else f"#{min(red, 255):02x}{min(green, 255):02x}{min(blue, 255):02x}"
        for is_grey, (red, green, blue) in zip(plain.tolist(), steps.tolist(), strict=True)
    ]


def _finding(survey: Survey, drawn: NDArray[np.int64], leak: Leak, also: list[str]) -> Finding:
    labels = survey.labels[drawn]
    table = np.zeros((len(leak.property.values), CLASSES), np.int64)
    np.add.at(table, (leak.property.codes, labels), 1)
    means = {value: _meant(row) for value, row in enumerate(table) if row.sum() >= _LEAST}
    telling = sorted((value for value, classes in means.items() if classes), key=lambda value: len(means[value]))
    files = []
    for value in telling:
        which = drawn[leak.property.codes == value].tolist()
        files += [survey.named(position, leak.property.values[value]) for position in which]
    says = [f"{leak.property.values[value]} means {_classes(table[value], means[value])}" for value in telling[:6]]
    if not says:
        says = [_tendency(leak.property.values, table)]
    more = f"; {len(telling) - 6} more values tell as much" if len(telling) > 6 else ""
    together = f" ({listed(also)} goes with it)" if also else ""
    natural = leak.property.natural
    cropped = " The images are cropped to their digits, so their sizes partly follow from the digits."
    return finding(
        "leak",
        Severity.WARNING if leak.information > _WARNING and not natural else Severity.HINT,
        f"The {leak.property.name} gives the class away{together}: {'; '.join(says)}{more}",
        f"It gives {percent(leak.information, 0)} of the information about the class, without a look at the digit. "
        "A network that sees it learns it instead of the digit, reads such a set well, and fails on other images."
        + (cropped if natural else ""),
        "Size, format and even paper are removed before the network sees the 28×28; traces, such as those of "
        "compression, may stay. Figures that others measure on the original images are too high. Add images of each "
        "class made each way.",
        files,
        len(files),
    )


def _meant(row: NDArray[np.int64]) -> list[int]:
    """The fewest classes that have nearly all images of a value, if these are few; otherwise none."""
    order = np.argsort(-row, kind="stable")
    count = int(np.searchsorted(np.cumsum(row[order]), _COVERED * row.sum())) + 1
    return sorted(order[:count].tolist()) if count <= _MOST_MEANT else []


def _classes(row: NDArray[np.int64], classes: list[int]) -> str:
    order = sorted(classes, key=lambda label: -row[label])
    return f"{listed(order, 'or')} ({plural(int(row.sum()), 'image')})"


def _tendency(values: list[str], table: NDArray[np.int64]) -> str:
    """For a property without telling values: the value and class that exceed their expected count the most."""
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    excess = (table - expected) / np.sqrt(np.maximum(expected, 1e-9))
    value, label = np.unravel_index(int(excess.argmax()), table.shape)
    return f"{values[value]} is a {label} in {table[value, label]:,} of {table[value].sum():,}"
