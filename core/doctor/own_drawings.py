"""The own sets: names, journals and drawings. A set is called by its folder, since its name may be a person's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.data.own import drawings, own_set
from core.data.own.drawing_files import is_ours
from core.data.own.journal import Journal
from core.data.own.own_set import OwnSet
from core.doctor.diagnosis import Examined, fine, note, problem
from core.doctor.path_text import aside, path_text, remedy, without_home
from core.errors import DataError
from core.system import json_file, pool
from core.words import plural

_SECONDS_EACH = 0.001
"""About what decoding a drawing takes."""
_MOST_LINES = 5


def examine(report: Callable[[int, int, str], None], quick: bool) -> list[Examined]:
    """Lines on all own sets; `quick` opens no drawing."""
    sets = own_set.sets()
    if not sets:
        return [fine("drawings", "none yet")]
    lines = _names(sets) + _journals(sets)
    images = [str(each.path) for own in sets for each in drawings.drawings(own)]
    counted = f"{plural(len(images), 'drawing')} in {plural(len(sets), 'set')}"
    if quick:
        return [fine("drawings", f"{counted}; none was opened"), *lines]
    found = pool.each(_look_at, images, lambda done, total: report(done, total, "drawings"), _SECONDS_EACH)
    damaged = {path: image for path, (image, _) in zip(images, found, strict=True) if image}
    without = {path: strokes for path, (_, strokes) in zip(images, found, strict=True) if strokes}
    if without:
        words = f"the strokes of {plural(len(without), 'drawing')} are damaged; their pixels are used"
        lines.insert(0, note("strokes", words, details=_each(without)))
    if not damaged:
        return [fine("drawings", f"{counted}, each can be decoded"), *lines]
    words = f"{len(damaged):,} of {counted} cannot be decoded and {'is' if len(damaged) == 1 else 'are'} skipped"
    mend = aside("Move the damaged drawings out of the way", [Path(path) for path in damaged])
    return [problem("drawings", words, mend, _each(damaged)), *lines]


def _look_at(path: str) -> tuple[str, str]:
    """Why an image cannot be decoded, and why the strokes stored with it cannot be read; empty if they can."""
    from core.drawing.strokes import from_json
    from core.preprocessing.images import read  # Pillow and NumPy

    image = strokes = ""
    try:
        read(Path(path))
    except DataError as error:
        image = str(error)
    if is_ours(Path(path)):
        try:
            from_json(json_file.load(Path(path).with_suffix(".json")).get("strokes"))
        except FileNotFoundError:
            pass  # the pixels say what there is
        except (OSError, ValueError) as error:
            strokes = str(error)
    return image, strokes


def _each(reasons: dict[str, str]) -> list[str]:
    return [f"{path_text(path)}: {without_home(reason)}" for path, reason in reasons.items()]


def _names(sets: list[OwnSet]) -> list[Examined]:
    damaged: dict[Path, str] = {}
    for file in (own_set.active_file(), *(own.folder / "set.json" for own in sets)):
        try:
            json_file.load(file)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            damaged[file] = f"{path_text(file)}: {without_home(str(getattr(error, 'strerror', None) or error))}"
    if not damaged:
        return []
    words = f"{plural(len(damaged), 'file')} with a set's name or the choice of one cannot be read"
    mend = remedy("Remove the damaged file, then name or choose the set again", "rm", list(damaged))
    return [problem("own sets", words, mend, list(damaged.values()))]


def _journals(sets: list[OwnSet]) -> list[Examined]:
    damaged: dict[Path, str] = {}
    for own in sets:
        file = drawings.journal_file(own)
        try:
            numbers = Journal(file).damaged()
        except FileNotFoundError:
            continue
        except OSError as error:
            damaged[file] = f"{path_text(file)}: {error.strerror}"
            continue
        if numbers:
            named = ", ".join(map(str, numbers[:_MOST_LINES]))
            others = f" and {len(numbers) - _MOST_LINES:,} more" if len(numbers) > _MOST_LINES else ""
            lines = "line" if len(numbers) == 1 else "lines"
            damaged[file] = f"{path_text(file)}: {lines} {named}{others}"
    if not damaged:
        return []
    words = f"{plural(len(damaged), 'journal has', 'journals have')} damaged lines; what they say cannot be undone"
    mend = remedy("Delete the damaged lines of the journal, which are passed over", "${EDITOR:-vi}", list(damaged))
    return [problem("journal", words, mend, list(damaged.values()))]
