"""Strokes much thinner or thicker than MNIST's once the digit is scaled to the 20×20 box.

The measure is `measure.stroke_width`. On MNIST's test set and 10,000 training images (n = 20,000): mean 2.4
pixels, 0.05% are below 1.26, 0.5% below 1.37, 1.5% below 1.47, 99% below 4.3, 99.5% below 4.6, 99.9% below 5.2.
Pen traces drawn at known widths of 1, 2.3 and 7 pixels measure about 1.0, 2.3 and 5.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.checkup.finding import Finding, Severity, finding
from core.checkup.survey import Survey
from core.words import plural

_USUAL = 2.4
_THIN = 1.25
_SEEN_THIN = 1.5
"""A thin stroke must also be thinner than this in the 28×28, which cannot show less than about a pixel (MNIST: 2%)."""
_THICK = 4.7
_MANY = 0.05
"""Share of all images from which thin or thick strokes are how the set was drawn, and worth a warning."""


def thin(survey: Survey) -> list[Finding]:
    """Strokes much thinner than MNIST's."""
    drawn = survey.drawn
    stroke, seen = survey.facts["stroke"][drawn], survey.facts["seen_stroke"][drawn]
    found = drawn[(stroke < _THIN) & (seen < _SEEN_THIN)]
    return _findings(survey, "thin", found[np.argsort(survey.facts["stroke"][found], kind="stable")])


def thick(survey: Survey) -> list[Finding]:
    """Strokes much thicker than MNIST's."""
    drawn = survey.drawn
    found = drawn[survey.facts["stroke"][drawn] > _THICK]
    return _findings(survey, "thick", found[np.argsort(-survey.facts["stroke"][found], kind="stable")])


def _findings(survey: Survey, kind: str, found: NDArray[np.int64]) -> list[Finding]:
    if not len(found):
        return []
    widths = survey.facts["stroke"]
    return [
        finding(
            kind,
            Severity.WARNING if len(found) >= max(2, _MANY * len(survey.drawn)) else Severity.HINT,
            f"{plural(len(found), 'image')} with strokes much "
            f"{'thinner' if kind == 'thin' else 'thicker'} than MNIST's",
            f"MNIST's strokes are {_USUAL} pixels wide in the 20×20 box. A network trained on those reads much "
            + ("finer ones worse." if kind == "thin" else "bolder ones worse, and their holes close."),
            "They are used as they are: training makes strokes thinner and thicker at random, which covers some of "
            "the difference. Draw with a "
            + ("broader pen, or smaller digits." if kind == "thin" else "finer pen, or larger digits."),
            [survey.named(each, f"{widths[each]:.1f} pixels wide at 20×20") for each in found.tolist()],
        )
    ]
