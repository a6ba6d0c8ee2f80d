"""Made answers to questions about an image, always the same for the same question, with no network."""

from __future__ import annotations

import numpy as np

from core.drawing.ink import Stroke
from core.reading.protocol import RequestFailed
from core.reading.questions import (
    NOT_A_DIGIT,
    AblationAnswer,
    AblationQuestion,
    Explanation,
    FlipAnswer,
    FlipQuestion,
    GlassAnswer,
    GlassQuestion,
    LayersAnswer,
    LayersQuestion,
    LikeAnswer,
    LikeQuestion,
    Question,
    WhyAnswer,
    WhyQuestion,
)

SHAPES = ((12, 26, 26), (16, 12, 12), (24, 5, 5))
"""Of the feature maps."""
GLASS = {
    "layers.0.weight": (6, 1, 5, 5),
    "layers.0.bias": (6,),
    "layers.3.weight": (8, 6, 3, 3),
    "layers.4.weight": (8,),
    "layers.4.bias": (8,),
    "layers.6.weight": (6, 8, 3, 3),
    "layers.7.weight": (6,),
    "layers.7.bias": (6,),
    "layers.11.weight": (10, 24),
    "layers.11.bias": (10,),
}
"""The parameters of a small network, as the recipe `glass` trains one."""


def explanation(question: Question) -> Explanation | RequestFailed:
    """What a reader might answer at last."""
    ink = question.image.astype(np.float32) / 255
    match question:
        case LayersQuestion():
            maps = tuple(_maps(ink, *shape) for shape in SHAPES)
            for layer, number in question.ablation.maps:
                maps[layer][number] = 0
            for layer in question.ablation.layers:
                maps[layer][:] = 0
            votes = np.outer(maps[-1].mean(axis=(1, 2)), np.linspace(-1, 1, 11)).astype(np.float32)
            votes[:, 7] += 0.5
            kernel = None
            if question.layer is not None:
                depth = 1 if question.layer == 0 else SHAPES[question.layer - 1][0]
                kernel = np.linspace(-1, 1, depth * 9, dtype=np.float32).reshape(depth, 3, 3)
            return LayersAnswer(maps=maps, votes=votes, biases=np.zeros(11, np.float32), kernel=kernel)
        case GlassQuestion():
            contributions = tuple(
                np.roll(np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32), int(ink.sum())).reshape(shape)
                for shape in GLASS.values()
            )
            probabilities = (0.01, 0.02, 0.0, 0.03, 0.0, 0.0, 0.0, 0.9, 0.0, 0.04)
            return GlassAnswer(names=tuple(GLASS), contributions=contributions, probabilities=probabilities)
        case WhyQuestion():
            saliency = np.stack([ink, ink * np.linspace(-1, 1, 28, dtype=np.float32), -ink]).astype(np.float32)
            return WhyAnswer(answers=(7, 1, NOT_A_DIGIT), probabilities=(0.9, 0.06, 0.01), saliency=saliency)
        case FlipQuestion():
            side = question.width or 28
            stroke = Stroke(side / 20, False, [(side * 0.3, side * 0.5), (side * 0.7, side * 0.5)])
            return FlipAnswer(tried=40, total=2304, stroke=stroke, digit=4, certainty=0.71, changed=question.image)
        case LikeQuestion():
            images = tuple(np.roll(question.image, shift, axis=1) for shift in range(8))
            sources = ("mnist", "own", *["mnist"] * 6)
            alike = tuple(0.99 - 0.01 * place for place in range(8))
            return LikeAnswer(
                images=images, labels=(7,) * 8, likeness=alike, sources=sources, compared=60_000, total=60_000
            )
        case AblationQuestion():
            return AblationAnswer(probabilities=(0.1,) * 10, no_digit=0.0, accuracy=0.871, intact=0.996, images=1000)
    return RequestFailed("the reader cannot say")


def _maps(ink: np.ndarray, count: int, height: int, width: int) -> np.ndarray:
    """Parts of the image, weaker from one map to the next."""
    rows, columns = (np.linspace(0, 27, size).round().astype(int) for size in (height, width))
    small = ink[np.ix_(rows, columns)]
    return np.stack([np.roll(small, number, axis=number % 2) * (1 - number / count) for number in range(count)]).astype(
        np.float32
    )
