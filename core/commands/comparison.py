"""`evaluate --against`: two checkpoints on the same images, and whether the difference may be chance."""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING

from core.commands.progress import narrate, say, stages, tell_skipped
from core.printable import printable
from core.system import gc_policy
from core.words import plural

if TYPE_CHECKING:
    from core.evaluation.evaluation import Evaluation
    from core.evaluation.paired_comparison import PairedComparison
    from core.reading.recogniser import Recogniser

_WIDTH = 78


def run_comparison(options: argparse.Namespace) -> int:
    """Read a set with both checkpoints and print what differs.

    Raises DigitsError if the set or a checkpoint cannot be used, or if both are the same.
    """
    from core.errors import ConfigurationError
    from core.evaluation.selection import selection
    from core.runs.checkpoints import resolve

    with gc_policy.spared():
        from core.evaluation.evaluation import evaluate_parts
        from core.evaluation.pairing import compared
        from core.networks.model_name import model_name
        from core.reading.recogniser import Recogniser

    paths = resolve(options.checkpoint), resolve(options.against)
    if paths[0].absolute() == paths[1].absolute():
        raise ConfigurationError(f"--against is {options.against!r}, the checkpoint itself; give another one")
    first, second = map(Recogniser, paths)
    with stages(as_json=bool(options.examples)) as report:
        selected = selection(options.data, options.part, paths, report)
        tell_skipped(selected.skipped)
        narrate(f"reading {len(selected):,} images of {selected.name} ({selected.which}) with both checkpoints")

        def read(recogniser: Recogniser) -> Evaluation:
            doing = f"{model_name(recogniser.path)} reads {selected.name}"
            return evaluate_parts(recogniser, selected.parts, lambda done, total: report(done, total, doing))

        found = compared(paths, (read(first), read(second)), selected, options.examples)
    if options.json:
        say(found)
    else:
        print("\n".join(text(found)))
    return 0


def text(found: PairedComparison) -> list[str]:
    """The comparison in lines of at most 78 columns, but for long names of sets."""
    lines = [
        f"{printable(found.data)}: {printable(found.part)}, {plural(found.count, 'image')}",
        "",
        f"{'':<30} {'read right':>12}  {'95% interval':>18} {'only it':>8}",
    ]
    for network in found.networks:
        figures = found.figures(network)
        lines.append(f"{network.name:<30.30} {figures.accuracy:>12}  {figures.range:>18} {network.alone:>8,}")
    return [*lines, "", f"McNemar's exact test: p = {found.p_value:.2g}", *textwrap.wrap(found.words, _WIDTH)]
