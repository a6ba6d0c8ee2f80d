"""Finds the weights of `core.reading.numbers.geometry` on numbers made of MNIST's training images, and prints them.

    python -m tests.benchmarks.number_weights [--count 1200] [--checkpoint RUN]

The numbers have 1 to 4 digits, most of them one, of all its kinds; half are divided as a picture is, half as a
drawing, for which digits are divided into strokes at random. Of each number all divisions are weighed, and the weights
are those under which the right ones are most probable together (maximum likelihood of a semi-Markov conditional random
field, with a weak pull to nought), by 300 steps of Adam. Run it again when another model is shipped.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from core.data import mnist
from core.preprocessing.bounding_box import cropped
from core.reading.numbers.atom import Atom, atom, in_order
from core.reading.numbers.by_components import components_of, cut
from core.reading.numbers.geometry import BESIDE_TERMS, OWN_TERMS, beside_terms, own_terms
from core.reading.numbers.lattice import spans
from core.reading.numbers.segmentation import image_of
from core.reading.recogniser import Recogniser
from core.runs.checkpoints import resolve
from tests.benchmarks.number_reading import KINDS, Digit, Grey, Number, numbers

_MOST_RUNS = 90
"""Numbers with more runs are left out, so that all fit into one tensor."""
_SHARES = {1: 0.4, 2: 0.25, 3: 0.25, 4: 0.1}
"""Of each length."""
_BROKEN = 0.15
"""Of the digits of pictures, a gap is drawn through so many."""
_PULL = 1e-3
"""Of the weights to nought."""


@dataclass(frozen=True)
class Lattice:
    """A number's runs with their terms, and which of them are its digits."""

    own: NDArray[np.float32]
    """(N, own terms)."""
    beside: NDArray[np.float32]
    """(N, N, pair terms)."""
    follows: NDArray[np.bool_]
    """(N, N): whether the second run begins where the first ends."""
    first: NDArray[np.bool_]
    """(N,): begins the number."""
    last: NDArray[np.bool_]
    right: tuple[int, ...]
    """The digits' runs, from left to right."""


def _digits(count: int, random: np.random.Generator) -> list[Digit]:
    train, _ = mnist.load()
    found = []
    for index in random.permutation(len(train.labels))[:count]:
        ink = cropped(train.images[index])
        scale = random.uniform(1.0, 3.0)
        size = max(2, round(ink.shape[1] * scale * random.uniform(0.8, 1.05))), max(2, round(ink.shape[0] * scale))
        # As large as its number's others: writers are told apart by their size.
        found.append(Digit(int(train.labels[index]), f"{scale:.1f}", (), _resized(ink, size)))
    return found


def _resized(ink: Grey, size: tuple[int, int]) -> Grey:
    image = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BICUBIC))
    return cropped(np.where(image > 15, image, 0).astype(np.uint8))


def _broken(ink: Grey, random: np.random.Generator) -> Grey:
    """With a gap through it, along a row, as a dry pen leaves it."""
    row = int(random.integers(len(ink)))
    worn = ink.copy()
    worn[row : row + max(1, len(ink) // 12)] = 0
    return worn if worn.any() else ink


def _as_strokes(number: Number, random: np.random.Generator) -> list[tuple[Atom, int]]:
    """Atoms as strokes give them, and whose they are: each digit whole or in two, which lie a little on each other."""
    found: list[tuple[Atom, int]] = []
    for owner, (image, (x, y)) in enumerate(zip(number.images, number.places, strict=True)):
        pieces = [image]
        if random.random() < 0.4:
            along = int(random.integers(2))
            side = image.shape[along]
            at, over = int(random.uniform(0.2, 0.8) * side), max(1, side // 16)
            indices = np.arange(side)
            before, after = indices < at + over, indices >= at - over
            shape = (-1, 1) if along == 0 else (1, -1)
            pieces = [image * before.reshape(shape), image * after.reshape(shape)]
        found += [(piece, owner) for each in pieces if (piece := atom(each, x, y)) is not None]
    whose = {id(each): owner for each, owner in found}
    # One that a dot was joined to is another one: nobody's, so that the number is left out.
    return [(each, whose.get(id(each), -1)) for each in in_order([each for each, _ in found])]


def _as_parts(number: Number, random: np.random.Generator) -> list[tuple[Atom, int]]:
    bitmap = number.bitmap
    owners = np.zeros(bitmap.shape, np.int64)
    drawn = np.zeros_like(bitmap)
    for owner, (image, (x, y)) in enumerate(zip(number.images, number.places, strict=True)):
        image = _broken(image, random) if random.random() < _BROKEN else image
        part = slice(y, y + image.shape[0]), slice(x, x + image.shape[1])
        owners[part][image > drawn[part]] = owner
        drawn[part] = np.maximum(drawn[part], image)
    found = []
    for each in cut(components_of(drawn)):
        whose = owners[each.top : each.bottom, each.left : each.right]
        found.append((each, int(np.bincount(whose.ravel(), weights=each.ink.ravel()).argmax())))
    return found


def _lattice(recogniser: Recogniser, owned: list[tuple[Atom, int]], length: int) -> Lattice | None:
    """None where the atoms cannot be put together to the right digits, or there is but one way."""
    atoms, owners = [each for each, _ in owned], [owner for _, owner in owned]
    if len(atoms) < 2 or -1 in owners or owners != sorted(owners) or len(set(owners)) != length:
        return None
    candidates = spans(atoms)
    if not 0 < len(candidates) <= _MOST_RUNS:
        return None
    names = [(run.first, run.stop) for run in candidates]
    bounds = [0, *(at for at in range(1, len(atoms)) if owners[at] != owners[at - 1]), len(atoms)]
    wanted = list(pairwise(bounds))
    if any(each not in names for each in wanted):
        return None
    found = recogniser.scores(np.stack([image_of(run) for run in candidates]))
    line = max(each.height for each in atoms)
    certain = found.probabilities.max(axis=1) * (1 - found.no_digit)
    own = [
        own_terms(run, line, int(row.argmax()), float(value))
        for run, row, value in zip(candidates, found.probabilities, certain, strict=True)
    ]
    many = len(candidates)
    beside = np.zeros((many, many, len(BESIDE_TERMS)), np.float32)
    follows = np.zeros((many, many), bool)
    for one, left in enumerate(candidates):
        for other, right in enumerate(candidates):
            if left.stop == right.first:
                follows[one, other] = True
                beside[one, other] = beside_terms(left, right)
    return Lattice(
        np.array(own, np.float32),
        beside,
        follows,
        np.array([run.first == 0 for run in candidates]),
        np.array([run.stop == len(atoms) for run in candidates]),
        tuple(names.index(each) for each in wanted),
    )


def _fitted(lattices: list[Lattice]) -> tuple[torch.Tensor, torch.Tensor]:
    """The weights of own and pair terms under which the right readings are most probable."""
    many, most = len(lattices), max(len(each.own) for each in lattices)
    own = torch.zeros(many, most, len(OWN_TERMS))
    beside = torch.zeros(many, most, most, len(BESIDE_TERMS))
    follows = torch.zeros(many, most, most, dtype=torch.bool)
    first, last = torch.zeros(many, most, dtype=torch.bool), torch.zeros(many, most, dtype=torch.bool)
    right_own = torch.zeros(many, len(OWN_TERMS))
    right_beside = torch.zeros(many, len(BESIDE_TERMS))
    for index, each in enumerate(lattices):
        size = len(each.own)
        own[index, :size] = torch.from_numpy(each.own)
        beside[index, :size, :size] = torch.from_numpy(each.beside)
        follows[index, :size, :size] = torch.from_numpy(each.follows)
        first[index, :size], last[index, :size] = torch.from_numpy(each.first), torch.from_numpy(each.last)
        right_own[index] = own[index, list(each.right)].sum(dim=0)
        for left, right in pairwise(each.right):
            right_beside[index] += beside[index, left, right]
    own_weights = torch.zeros(len(OWN_TERMS), requires_grad=True)
    beside_weights = torch.zeros(len(BESIDE_TERMS), requires_grad=True)
    optimiser = torch.optim.Adam([own_weights, beside_weights], lr=0.1)
    never = -1e9
    for step in range(300):
        for group in optimiser.param_groups:
            group["lr"] = 0.1 * (1 - step / 300)
        worth = own @ own_weights
        pairs = (beside @ beside_weights).masked_fill(~follows, never)
        totals: list[torch.Tensor] = []
        for run in range(most):
            begun = torch.where(first[:, run], 0.0, never)[:, None]
            ways = torch.cat([begun, torch.stack(totals, dim=1) + pairs[:, :run, run]], dim=1) if totals else begun
            totals.append((worth[:, run] + ways.logsumexp(dim=1)).clamp_min(never))
        every = torch.stack(totals, dim=1).masked_fill(~last, never).logsumexp(dim=1)
        chosen = right_own @ own_weights + right_beside @ beside_weights
        loss = (every - chosen).mean() + _PULL * (own_weights.square().sum() + beside_weights.square().sum())
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        if step % 50 == 49:
            print(f"step {step + 1}: {loss.item():.4f}", flush=True)
    return own_weights.detach(), beside_weights.detach()


def main() -> None:
    """Make the numbers, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", default="", help="else the shipped model")
    parser.add_argument("--count", type=int, default=1200, help="numbers")
    given = parser.parse_args()
    torch.set_num_threads(1)
    recogniser = Recogniser(resolve(given.checkpoint))
    random = np.random.default_rng(0)
    digits = _digits(6000, random)
    lattices = []
    for length, share in _SHARES.items():
        for kind in KINDS:
            for number in numbers(digits, length, kind, round(given.count * share / len(KINDS)), 7):
                owned = (_as_strokes if random.random() < 0.5 else _as_parts)(number, random)
                found = _lattice(recogniser, owned, length)
                if found is not None:
                    lattices.append(found)
    print(f"{len(lattices)} of {given.count} numbers have several divisions, a right one among them")
    own, beside = _fitted(lattices)
    for name, terms, weights in (("OWN", OWN_TERMS, own), ("BESIDE", BESIDE_TERMS, beside)):
        print(f"{name}_WEIGHTS = {tuple(round(value, 2) for value in weights.tolist())}  # {terms}")


if __name__ == "__main__":
    main()
