"""What can be asked about one image and the network that is loaded, and what is answered. Part of `protocol`.

{"id": 7, "ask": "why", "image": …} -> {"id": 7, "answer": "why", "saliency": …, …}

Some questions take seconds. They are worked at while there is nothing else to do, may have several answers, of which
the last has `is_last`, and are dropped for a newer one of the same kind and for another network.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.drawing.ink import Stroke
from core.insight.ablation import INTACT, Ablation
from core.reading.question_fields import as_json, parsed

Id = int | str | None
"""The id of a request; None if it had none."""
Image = NDArray[np.uint8]
"""(28, 28), as `normalise` makes it."""
Values = NDArray[np.float32]
"""Of any shape; each value is rounded to 1/127 of the largest on its way."""

NOT_A_DIGIT = 10
"""The answer of a reject output, among the digits."""


@dataclass(frozen=True, eq=False, kw_only=True)  # arrays have no single truth value
class _Message:
    """One JSON object, whose fields are those of the class."""

    VERB: ClassVar[str]
    KIND: ClassVar[str]
    id: Id = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        fields = {each.name: as_json(getattr(self, each.name)) for each in dataclasses.fields(self)}
        name = fields.pop("id")
        return {**({} if name is None else {"id": name}), self.VERB: self.KIND, **fields}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`; what is missing has its default.

        Raises DataError, KeyError, TypeError or ValueError if `data` is something else.
        """
        names = [each for each in dataclasses.fields(cls) if each.name != "id" and each.name in data]
        return cls(id=data.get("id"), **{each.name: parsed(str(each.type), data[each.name]) for each in names})


@dataclass(frozen=True, eq=False, kw_only=True)
class Question(_Message):
    """Asks something about an image."""

    VERB: ClassVar[str] = "ask"
    image: Image


@dataclass(frozen=True, eq=False, kw_only=True)
class Explanation(_Message):
    """Answers a question of the same `KIND`."""

    VERB: ClassVar[str] = "answer"
    is_last: bool = True
    """Whether no further answer to the same question follows."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LayersQuestion(Question):
    """What does each layer make of the image?"""

    KIND: ClassVar[str] = "layers"
    layer: int | None = None
    """The convolution of the enlarged map, from 0; None if no kernel is asked for."""
    map: int = 0
    """The enlarged map in it."""
    ablation: Ablation = INTACT
    """What is wrong with the network."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LayersAnswer(Explanation):
    """What each layer makes of it."""

    KIND: ClassVar[str] = "layers"
    maps: tuple[Values, ...]
    """The feature maps (C, H, W) of each convolution."""
    votes: Values
    """(N, 10) or (N, 11): what each map of the last convolution says for each answer or, where there are hidden linear
    layers, each value of the last of them."""
    biases: Values
    """(10,) or (11,): what the last layer says whatever it sees."""
    kernel: Values | None
    """(K, h, w) of the enlarged map, one for each map of the layer before."""
    parameters: int = 0
    """How many the network has."""


@dataclass(frozen=True, eq=False, kw_only=True)
class WhyQuestion(Question):
    """Which pixels speak for its answer, and which for others?"""

    KIND: ClassVar[str] = "why"


@dataclass(frozen=True, eq=False, kw_only=True)
class WhyAnswer(Explanation):
    """Which pixels speak for which answers."""

    KIND: ClassVar[str] = "why"
    answers: tuple[int, ...]
    """The digit that is read, the runner-up and, with a reject output, NOT_A_DIGIT."""
    probabilities: tuple[float, ...]
    """Of each answer, 0 to 1."""
    saliency: Values
    """(N, 28, 28): by how much each pixel's ink changes the logarithm of each answer's probability."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FlipQuestion(Question):
    """Which small stroke would change how it is read?"""

    KIND: ClassVar[str] = "flip"
    width: int = 0
    """Of the drawing that became the image, in its pixels; 0 if there was none."""
    height: int = 0
    strokes: tuple[Stroke, ...] = ()
    """Of the drawing, in its pixels."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FlipAnswer(Explanation):
    """The stroke that was found, or how many were tried."""

    KIND: ClassVar[str] = "flip"
    tried: int
    total: int
    """Strokes to try in all."""
    stroke: Stroke | None = None
    """In pixels of the drawing or, where there is none, of the image; None while none is found."""
    digit: int = 0
    """What is read with it."""
    certainty: float = 0.0
    """Of that reading."""
    changed: Image | None = None
    """What the network sees with it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LikeQuestion(Question):
    """Which images that the network has learned from does it find most like this one?"""

    KIND: ClassVar[str] = "like"
    most: int = 12
    """How many, at most 100."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LikeAnswer(Explanation):
    """The N images found so far, the most alike first."""

    KIND: ClassVar[str] = "like"
    images: tuple[Image, ...]
    labels: tuple[int, ...]
    likeness: tuple[float, ...]
    """−1 to 1; 1 for an image that the network cannot tell from the one asked about."""
    sources: tuple[str, ...]
    """The data set of each."""
    compared: int
    """Images compared so far."""
    total: int
    """Images to compare in all."""


@dataclass(frozen=True, eq=False, kw_only=True)
class GlassQuestion(Question):
    """What does each parameter of a small network add to the answer?"""

    KIND: ClassVar[str] = "glass"
    ablation: Ablation = INTACT
    """What is wrong with the network."""


@dataclass(frozen=True, eq=False, kw_only=True)
class GlassAnswer(Explanation):
    """What each of them adds."""

    KIND: ClassVar[str] = "glass"
    names: tuple[str, ...]
    """Of each array of parameters, as in the checkpoint."""
    contributions: tuple[Values, ...]
    """What each parameter adds to the logit of the answer, in the array's shape."""
    probabilities: tuple[float, ...]
    """Of the digits 0 to 9, as the last layer has them; the answer is the most probable one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AblationQuestion(Question):
    """How would it be read, and how well MNIST, if the network were damaged?"""

    KIND: ClassVar[str] = "ablation"
    ablation: Ablation


@dataclass(frozen=True, eq=False, kw_only=True)
class AblationAnswer(Explanation):
    """How it is read then."""

    KIND: ClassVar[str] = "ablation"
    probabilities: tuple[float, ...]
    """Ten, for the digits 0 to 9, that sum to 1."""
    no_digit: float
    """The probability, 0 to 1, that it is not a digit."""
    accuracy: float | None
    """Of the damaged network, 0 to 1; None before it is measured."""
    intact: float | None
    """Of the network as it was, on the same images."""
    images: int
    """How many images of MNIST's test set the accuracies are for."""


_Kind = TypeVar("_Kind", bound=_Message)
_QUESTIONS: dict[str, type[Question]] = {each.KIND: each for each in Question.__subclasses__()}
_EXPLANATIONS: dict[str, type[Explanation]] = {each.KIND: each for each in Explanation.__subclasses__()}


def question_of(data: Mapping[str, Any]) -> Question:
    """The question in a line's JSON. Raises as `from_json` does, and ValueError if there is none of that kind."""
    return _of(_QUESTIONS, data)


def explanation_of(data: Mapping[str, Any]) -> Explanation:
    """The explanation in a line's JSON. Raises as `from_json` does, and ValueError if there is none of that kind."""
    return _of(_EXPLANATIONS, data)


def _of(kinds: Mapping[str, type[_Kind]], data: Mapping[str, Any]) -> _Kind:
    verb = next(iter(kinds.values())).VERB
    kind = kinds.get(data[verb])
    if kind is None:
        raise ValueError(f"{verb} is {data[verb]!r:.40}; it must be one of {', '.join(kinds)}")
    return kind.from_json(data)
