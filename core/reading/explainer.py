"""Answers questions about images and the network that is loaded, piece by piece. Knows no stream."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Generator, Iterator
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.config.shape import CLASSES
from core.data import mnist
from core.errors import DataError
from core.inference.fused import fused
from core.inference.prepacked import prepacked
from core.inference.scores import logits, of_logits
from core.insight.ablated import ablated
from core.insight.ablation import INTACT, Ablation
from core.insight.contributions import contributions
from core.insight.flip import tries
from core.insight.gallery import Gallery
from core.insight.layers import layers
from core.insight.parameters import MOST
from core.insight.saliency import saliency
from core.networks.architectures import ARCHITECTURES, SequentialNetwork, parameter_count
from core.reading.learned_from import exhibits
from core.reading.questions import (
    NOT_A_DIGIT,
    AblationAnswer,
    AblationQuestion,
    Explanation,
    FlipAnswer,
    FlipQuestion,
    GlassAnswer,
    GlassQuestion,
    Image,
    LayersAnswer,
    LayersQuestion,
    LikeAnswer,
    LikeQuestion,
    Question,
    WhyAnswer,
    WhyQuestion,
)
from core.reading.reading import Verdict
from core.reading.recogniser import Recogniser
from core.reading.retouched import Retouched

Work = Iterator[Explanation | None]
"""Does a piece of the work at each step; None where others may go first."""

_ACCURACY_IMAGES = 1000
_BATCH = 128
"""Images read at a time: some 60 ms, for which a stroke may have to wait."""
_MOST_ALIKE = 100
_TELL = 0.5
"""Seconds from one answer to the next while images are compared."""
_DIGITS = (Verdict.DIGIT, Verdict.UNSURE)
_CPU = torch.device("cpu")


class Explainer:
    """Knows one network, and what was worked out about it."""

    def __init__(self, recogniser: Recogniser) -> None:
        """Raises DataError if the network is none that can be looked into."""
        if not ARCHITECTURES[recogniser.header.architecture].is_sequential:
            raise DataError(f"a network of type {recogniser.header.architecture} cannot be looked into")
        self._recogniser = recogniser
        self._network = cast(SequentialNetwork, recogniser.network)
        self._fast = prepacked(fused(self._network))
        self._gallery: Gallery | None = None
        self._ablation, self._ablated = INTACT, self._network
        self._intact: float | None = None

    def work(self, question: Question) -> Work:
        """The work at `question`. Raises DataError at a step that cannot be done."""
        match question:
            case LayersQuestion():
                return self._layers(question)
            case GlassQuestion():
                return self._glass(question)
            case WhyQuestion():
                return self._why(question)
            case FlipQuestion():
                return self._flip(question)
            case LikeQuestion():
                return self._like(question)
            case AblationQuestion():
                return self._broken(question)
            case _:
                raise TypeError(f"nothing answers {question!r}")

    def _layers(self, question: LayersQuestion) -> Work:
        found = layers(self._with(question.ablation), question.image)
        kernel = None
        if question.layer is not None:
            try:
                kernel = found.convolutions[question.layer].kernels[question.map]
            except IndexError:
                raise DataError(f"there is no feature map {question.map} in convolution {question.layer}") from None
        yield LayersAnswer(
            maps=tuple(each.maps for each in found.convolutions),
            votes=found.grouped_votes,
            biases=found.votes.biases,
            kernel=kernel,
            parameters=parameter_count(self._network),
            id=question.id,
        )

    def _glass(self, question: GlassQuestion) -> Work:
        if (count := parameter_count(self._network)) > MOST:
            raise DataError(
                f"the network has {count:,} parameters, and only {MOST:,} can be shown at once; train one with the "
                "recipe glass"
            )
        network = self._with(question.ablation)
        logit = logits(network, question.image[np.newaxis], _CPU, augment=False)[0, :CLASSES]
        found = contributions(network, question.image, int(logit.argmax()))
        yield GlassAnswer(
            names=tuple(found),
            contributions=tuple(found.values()),
            probabilities=tuple(torch.softmax(logit, dim=0).tolist()),
            id=question.id,
        )

    def _why(self, question: WhyQuestion) -> Work:
        read = self._recogniser.scores(question.image[np.newaxis])
        first, second = np.argsort(-read.probabilities[0], kind="stable")[:2].tolist()
        digit = 1 - float(read.no_digit[0])
        answers, probabilities = (
            [first, second],
            [float(read.probabilities[0, each]) * digit for each in (first, second)],
        )
        if ARCHITECTURES[self._recogniser.header.architecture].has_reject_output:
            answers.append(NOT_A_DIGIT)
            probabilities.append(float(read.no_digit[0]))
        maps = []
        for answer in answers:
            maps.append(saliency(self._network, question.image, answer))
            yield None
        yield WhyAnswer(
            answers=tuple(answers), probabilities=tuple(probabilities), saliency=np.stack(maps), id=question.id
        )

    # What would change it

    def _flip(self, question: FlipQuestion) -> Work:
        answer = int(self._digits(question.image[np.newaxis])[0])
        if answer < 0:
            raise DataError("it is not read as a digit, so no stroke can change which one it is")
        retouched = Retouched.of(question)
        for tried in tries(question.image, answer, self._digits):
            for flip in tried.flips:
                reading = retouched.read(self._recogniser, flip.stroke)
                if reading.verdict in _DIGITS and not reading.digits and reading.digit not in (None, answer):
                    yield FlipAnswer(
                        tried=tried.count,
                        total=tried.total,
                        stroke=retouched.placed(flip.stroke),
                        digit=reading.digit,
                        certainty=reading.certainty,
                        changed=reading.seen,
                        id=question.id,
                    )
                    return
            yield FlipAnswer(tried=tried.count, total=tried.total, is_last=tried.count == tried.total, id=question.id)

    def _digits(self, images: Image) -> NDArray[np.int64]:
        """The digit in each of `images` (N, 28, 28), −1 where it is rejected; without test-time augmentation."""
        read = of_logits(logits(self._fast, images, _CPU, augment=False), self._recogniser.calibration)
        rejected = read.no_digit >= self._recogniser.calibration.threshold
        return np.where(rejected, -1, read.probabilities.argmax(axis=1))

    # Like what

    def _like(self, question: LikeQuestion) -> Work:
        if self._gallery is None:
            shown = exhibits(self._recogniser.header)
            if not shown:
                raise DataError("none of the images that the network has learned from can be read")
            self._gallery = Gallery(fused(self._network), shown)
        gallery, most = self._gallery, max(1, min(question.most, _MOST_ALIKE))
        told = time.monotonic()
        while not gallery.is_complete:
            gallery.advance()
            if time.monotonic() - told >= _TELL:
                yield _alike(gallery, question, most, is_last=False)
                told = time.monotonic()
            else:
                yield None
        yield _alike(gallery, question, most, is_last=True)

    # Break it

    def _broken(self, question: AblationQuestion) -> Work:
        broken = self._with(question.ablation)
        read = of_logits(logits(broken, question.image[np.newaxis], _CPU, augment=False), self._recogniser.calibration)
        first = AblationAnswer(
            probabilities=tuple(read.probabilities[0].tolist()),
            no_digit=float(read.no_digit[0]),
            accuracy=None,
            intact=self._intact,
            images=_ACCURACY_IMAGES,
            is_last=False,
            id=question.id,
        )
        yield first
        if self._intact is None:
            self._intact = yield from _accuracy(self._fast)
        # Faster copies give the same answers, and one is made in a twentieth of the time that it saves here.
        accuracy = yield from _accuracy(prepacked(fused(broken)))
        yield dataclasses.replace(first, accuracy=accuracy, intact=self._intact, is_last=True)

    def _with(self, ablation: Ablation) -> SequentialNetwork:
        """The network with this damage; the last one is kept."""
        if ablation != self._ablation:
            try:
                self._ablated = ablated(self._network, ablation)
            except IndexError as error:
                raise DataError(str(error)) from None
            self._ablation = ablation
        return self._ablated


def _alike(gallery: Gallery, question: LikeQuestion, most: int, *, is_last: bool) -> LikeAnswer:
    found = gallery.nearest(question.image, most)
    return LikeAnswer(
        images=tuple(gallery.image(each.index) for each in found),
        labels=tuple(gallery.label(each.index) for each in found),
        likeness=tuple(each.likeness for each in found),
        sources=tuple(gallery.source(each.index) for each in found),
        compared=gallery.done,
        total=len(gallery),
        is_last=is_last,
        id=question.id,
    )


def _accuracy(network: nn.Module) -> Generator[None, None, float]:
    """The share of right answers on every tenth of MNIST's test images."""
    test = mnist.test()
    rows = np.arange(0, len(test), len(test) // _ACCURACY_IMAGES)
    right = 0
    for at in range(0, len(rows), _BATCH):
        part = test.take(rows[at : at + _BATCH])
        found = logits(network, part.images, _CPU, augment=False)[:, :CLASSES].argmax(dim=1).numpy()
        right += int((found == part.labels).sum())
        yield None
    return right / len(rows)
