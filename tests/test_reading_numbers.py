"""core.reading.numbers: digits beside each other are a number, one digit stays one, by strokes and by components."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
import pytest
from drawn import SHAPES
from numpy.typing import NDArray
from PIL import Image

from core import paths
from core.data import mnist
from core.drawing.ink import Ink, Stroke
from core.preprocessing.bounding_box import cropped
from core.reading.numbers.atom import Atom, atom, in_order, joined
from core.reading.numbers.by_components import components_of, cut
from core.reading.numbers.cuts import _both_ways, _path, pieces_of
from core.reading.numbers.geometry import most_worth, own_worth
from core.reading.numbers.lattice import Span, best, spans
from core.reading.numbers.segmentation import of_ink
from core.reading.reading import ReadDigit, Reading
from core.reading.recogniser import Recogniser

Grey = NDArray[np.uint8]


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """The shipped one."""
    return Recogniser(paths.shipped_checkpoint())


@pytest.fixture(scope="module")
def digits() -> dict[int, list[Grey]]:
    """Ten of MNIST's test digits of each class, cropped and twice as large."""
    test = mnist.test()
    found = {}
    for label in range(10):
        chosen = test.images[test.labels == label][:10]
        found[label] = [np.kron(cropped(image), np.ones((2, 2), np.uint8)) for image in chosen]
    return found


def drawn(text: str, apart: int = 32) -> Ink:
    """The digits of `text` as a pen draws them, each `apart` pixels from the last."""
    ink = Ink(24 + apart * len(text), 64, 2.6)
    for place, sign in enumerate(text):
        for points in SHAPES[int(sign)]:
            for index, (x, y) in enumerate(points):
                (ink.drag if index else ink.press)(x + apart * place, y)
            ink.lift()
    return ink


def in_a_row(images: list[Grey], gap: int) -> Grey:
    """A page of ink with the images beside each other, on one line; a gap below 0 lays their boxes over each other."""
    height = max(image.shape[0] for image in images)
    page = np.zeros((height + 20, sum(image.shape[1] + gap for image in images) + 40), np.uint8)
    left = 20
    for image in images:
        part = page[10 + height - image.shape[0] : 10 + height, left : left + image.shape[1]]
        np.maximum(part, image, out=part)
        left += image.shape[1] + gap
    return page


def box(left: int, top: int, width: int, height: int) -> Atom:
    """An atom that is all ink."""
    return Atom(left, top, np.full((height, width), 255, np.uint8))


@pytest.mark.parametrize("text", ["07", "123", "507", "7253"])
@pytest.mark.parametrize("by_strokes", [True, False])
def test_a_drawn_number_is_read(recogniser: Recogniser, text: str, by_strokes: bool) -> None:
    """Left to right, each digit with a box around its own ink, and the boxes together hold all ink."""
    ink = drawn(text)
    reading = recogniser.read_number(ink.bitmap, ink.strokes if by_strokes else None, "bright")
    assert reading.number == text
    covered = np.zeros(ink.bitmap.shape, bool)
    for place, each in enumerate(reading.digits):
        left, top, width, height = each.box
        own = ink.bitmap[top : top + height, left : left + width]
        assert all(edge.any() for edge in (own[0], own[-1], own[:, 0], own[:, -1]))
        assert 32 * place <= left + width / 2 < 32 * (place + 1) + 12
        covered[top : top + height, left : left + width] = True
    assert not ink.bitmap[~covered].any()


def test_digits_drawn_over_each_other_in_time_are_read_by_place(recogniser: Recogniser) -> None:
    """The second digit drawn first, and a bar put to the 5 at the very end: it is where ink is that counts."""
    ink = Ink(88, 64, 2.6)
    body, bar = [(14, 10), (13, 28), (30, 36), (12, 50)], [(14, 10), (30, 10)]
    seven = [(x + 36, y) for x, y in SHAPES[7][0]]
    for points in (seven, body, bar):
        for index, place in enumerate(points):
            (ink.drag if index else ink.press)(*place)
        ink.lift()
    assert recogniser.read_number(ink.bitmap, ink.strokes, "bright").number == "57"


def test_mnist_numbers_are_read_apart_and_touching(recogniser: Recogniser, digits: dict[int, list[Grey]]) -> None:
    """Of thirty numbers of three digits nearly all are right apart, and most where the boxes meet."""
    random = np.random.default_rng(1)
    right = dict.fromkeys((8, 0), 0)
    for _ in range(30):
        labels = random.integers(10, size=3).tolist()
        images = [digits[label][random.integers(10)] for label in labels]
        for gap in right:
            reading = recogniser.read_number(in_a_row(images, gap), polarity="bright")
            right[gap] += reading.number == "".join(map(str, labels))
    assert right[8] >= 27
    assert right[0] >= 21


def test_a_photographed_line_is_read(recogniser: Recogniser, digits: dict[int, list[Grey]]) -> None:
    """Dark ink on tinted paper in uneven light, as wide as a camera sees it; the boxes are in its own pixels."""
    row = in_a_row([digits[label][1] for label in (4, 0, 7)], 10)
    ink = np.asarray(Image.fromarray(row).resize((1500, row.shape[0] * 1500 // row.shape[1]))) / 255
    light = np.linspace(150, 235, 1500)
    photo = (light * (1 - 0.75 * ink)).astype(np.uint8)
    reading = recogniser.read_number(photo)
    assert reading.number == "407"
    for each in reading.digits:
        left, top, width, height = each.box
        inside = ink[top : top + height, left : left + width]
        assert inside.max() > 0.9
    assert reading.digits[-1].box[0] > 750


def test_single_digits_stay_as_they_are(recogniser: Recogniser) -> None:
    """A hundred of MNIST's test digits, by components: none falls apart, and the answers are equal to the last bit."""
    test = mnist.test()
    several = 0
    for image in test.images[:100]:
        reading, alone = recogniser.read_number(image, polarity="bright"), recogniser.read(image, "bright")
        several += bool(reading.digits)
        if not reading.digits:
            assert reading.probabilities == alone.probabilities
            assert np.array_equal(reading.seen, alone.seen)
    assert several == 0


@pytest.mark.parametrize("digit", range(10))
def test_one_drawn_digit_is_no_number(recogniser: Recogniser, digit: int) -> None:
    """Also in two strokes, and with a dot of ink far away."""
    ink = drawn(str(digit), 60)
    assert recogniser.read_number(ink.bitmap, ink.strokes, "bright").digits == ()
    ink.radius = 1.0
    ink.press(78, 8)
    reading = recogniser.read_number(ink.bitmap, ink.strokes, "bright")
    assert reading.digits == ()
    assert reading.number == str(reading.digit)


def test_a_broken_digit_is_one(recogniser: Recogniser, digits: dict[int, list[Grey]]) -> None:
    """A gap across a 5 as a dry pen leaves it makes two components, one above the other."""
    worn = digits[5][0].copy()
    worn[len(worn) // 2 : len(worn) // 2 + 3] = 0
    assert recogniser.read_number(in_a_row([worn], 0), polarity="bright").digits == ()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (40, 40)])
@pytest.mark.parametrize("grey", [0, 255])
def test_nothing_drawn_is_no_number(recogniser: Recogniser, shape: tuple[int, int], grey: int) -> None:
    """A blank bitmap of any form has no digits."""
    reading = recogniser.read_number(np.full(shape, grey, np.uint8), polarity="bright" if not grey else "dark")
    assert (reading.digit, reading.number, reading.digits) == (None, "", ())


def test_erased_strokes_count_no_more(recogniser: Recogniser) -> None:
    """A second digit that was wiped out with the eraser leaves the first one alone."""
    ink = drawn("27", 60)
    ink.erasing, ink.radius = True, 58.0
    ink.press(112, 30)
    ink.lift()
    reading = recogniser.read_number(ink.bitmap, ink.strokes, "bright")
    assert (reading.number, reading.digits) == ("2", ())


def test_noise_is_given_up(recogniser: Recogniser) -> None:
    """A page of dots has too many components to be a number, and is answered as one bitmap."""
    noise = (np.random.default_rng(0).random((200, 300)) > 0.95).astype(np.uint8) * 255
    assert recogniser.read_number(noise, polarity="bright").digits == ()


def test_pieces_of_a_digit_are_put_together() -> None:
    """A bar above a body is one with it, a near dot too; a far dot is left out; two bodies stay two, by place."""
    body, bar, near, far, other = (
        box(0, 10, 20, 30),
        box(2, 2, 18, 4),
        box(22, 12, 3, 3),
        box(90, 0, 3, 3),
        box(40, 8, 15, 32),
    )
    ordered = in_order([other, body, bar, near, far])
    assert [(each.left, each.right) for each in ordered] == [(0, 25), (40, 55)]
    assert joined([body, bar]).top == 2


def test_cuts_leave_all_ink() -> None:
    """Two rings that touch are cut between them, and the pieces together are the ink that was there."""
    down, across = np.mgrid[-19.5:20, -14.5:15]
    ring = ((np.hypot(down * 15 / 20, across) <= 15) & (np.hypot(down * 15 / 20, across) > 11)).astype(np.uint8) * 255
    both = np.hstack([ring, ring])
    whole = atom(both)
    assert whole is not None
    pieces = pieces_of(whole, 40)
    assert np.array_equal(joined(pieces).ink, both)
    assert any(abs(piece.right - 30) <= 5 for piece in pieces)
    assert all(piece.cut_right > 0 for piece in pieces[:-1])


def test_components_keep_their_places() -> None:
    """What was found lies where it was drawn."""
    page = np.zeros((60, 100), np.uint8)
    page[10:40, 20:30], page[12:42, 60:75] = 200, 100
    assert [(each.left, each.top, each.width, each.height) for each in components_of(page)] == [
        (20, 10, 10, 30),
        (60, 12, 15, 30),
    ]


def _ways(count: int) -> Iterator[list[tuple[int, int]]]:
    """All segmentations of so many atoms."""
    for many in range(count):
        for inner in combinations(range(1, count), many):
            bounds = [0, *inner, count]
            yield list(pairwise(bounds))


def test_the_best_way_is_the_best_of_all() -> None:
    """Against all segmentations of five atoms, one by one, with random worths of runs and of neighbours."""
    atoms = [box(12 * place, 0, 10, 30) for place in range(5)]
    candidates = spans(atoms)
    names = {(run.first, run.stop): at for at, run in enumerate(candidates)}
    random = np.random.default_rng(2)
    for _ in range(20):
        own = random.normal(size=len(candidates)).tolist()
        pairs = random.normal(size=(len(candidates), len(candidates)))

        def beside(left: Span, right: Span, pairs: NDArray[np.float64] = pairs) -> float:
            return float(pairs[names[left.first, left.stop], names[right.first, right.stop]])

        scores = {}
        for way in _ways(5):
            if any(each not in names for each in way):
                continue
            path = [names[each] for each in way]
            total = sum(own[at] for at in path) + sum(pairs[a, b] for a, b in pairwise(path))
            scores[tuple(path)] = total
        score, path = best(candidates, own, beside)
        assert tuple(path) == max(scores, key=scores.__getitem__)
        assert score == pytest.approx(max(scores.values()))


def test_paths_are_the_cheapest_ones() -> None:
    """From each row's ends to each pixel, a row at a time, as a plain loop adds them up."""
    cost = np.random.default_rng(2).random((9, 7)).astype(np.float32)
    above, below = _both_ways(cost)
    for found, ink in ((above, cost), (below[::-1], cost[::-1])):
        plain = ink.copy()
        for row in range(1, 9):
            for column in range(7):
                steps = [plain[row - 1, column + aside] + np.float32(0.15 * abs(aside)) for aside in (-1, 0, 1)
                         if 0 <= column + aside < 7]  # fmt: skip
                plain[row, column] += min(steps)
        np.testing.assert_array_equal(found, plain)
    path = _path(above, below, 4, 3)
    wandered = np.float32(0.15) * np.abs(np.diff(path)).sum()
    assert path[4] == 3 and cost[range(9), path].sum() + wandered == pytest.approx(
        above[4, 3] + below[4, 3] - cost[4, 3]
    )


def test_nothing_that_can_win_is_left_out(recogniser: Recogniser, digits: dict[int, list[Grey]]) -> None:
    """No piece is worth more than is said before it is looked at; a clear digit's pieces need no look then."""
    for label in range(10):
        ink = in_a_row([digits[label][0], digits[3][1]], -2)
        atoms = cut(components_of(ink))
        line = max(each.height for each in atoms)
        for run in spans(atoms):
            worth = max(own_worth(run, line, digit, certain) for digit in range(10) for certain in (0.01, 0.7, 1.0))
            assert worth <= most_worth(run, line) + 1e-9
    segmentation = of_ink(in_a_row([digits[0][0], digits[3][1]], 8)).segmentation(0.1)
    assert segmentation is not None and segmentation.most() >= (least := segmentation.least(0, 0.1))
    read = recogniser.scores(segmentation.images())
    assert len(segmentation.digits(least, segmentation.images(), read.probabilities, read.no_digit)) == 2


def test_a_clear_digit_is_not_cut(digits: dict[int, list[Grey]]) -> None:
    """One component no wider than high stays whole; a less certain or wider one is cut, and so are two."""
    zero = digits[0][0]
    assert of_ink(zero).segmentation(0.999) is None
    segmentation = of_ink(zero).segmentation(0.1)
    assert segmentation is not None and len(segmentation.candidates) > 1
    assert of_ink(np.concatenate([zero, zero[:, ::-1], zero], axis=1)).segmentation(0.999) is not None
    assert of_ink(in_a_row([zero, digits[1][0]], 8)).segmentation(0.999) is not None


def _reading(*found: tuple[int, float, float]) -> Reading:
    """Of digits with their probability and how probably they are none; the last one is the least sure."""
    digits = []
    for place, (digit, probability, none) in enumerate(found):
        probabilities = [(1 - probability) / 9] * 10
        probabilities[digit] = probability
        digits.append(
            ReadDigit(digit, tuple(probabilities), none, (10 * place, 2, 8, 20), np.full((28, 28), place, np.uint8))
        )
    last = digits[-1]
    return Reading(last.digit, last.probabilities, last.seen, "x.npz", 1.0, last.no_digit, 0.5, tuple(digits))


def test_a_number_crosses_to_the_interface() -> None:
    """What was written as JSON is read again as it was; a message of before, without digits, is read too."""
    reading = _reading((4, 0.99, 0.0), (0, 0.8, 0.1))
    again = Reading.from_json(reading.to_json())
    assert (again.number, again.least_sure, again.verdict) == ("40", 1, "digit")
    for one, other in zip(again.digits, reading.digits, strict=True):
        assert (one.box, one.digit) == (other.box, other.digit)
        assert one.confidence == pytest.approx(other.confidence)
        assert np.array_equal(one.seen, other.seen)
    old = {name: value for name, value in reading.to_json().items() if name != "digits"}
    assert Reading.from_json(old).digits == ()


@pytest.mark.parametrize(
    ("found", "number", "words"),
    [
        ([(4, 0.99, 0.0), (7, 0.9, 0.0)], "47", "47"),
        ([(4, 0.99, 0.0), (7, 0.5, 0.0)], "47", "unsure: 47"),
        ([(4, 0.99, 0.0), (7, 0.9, 0.8)], "4?", "4?"),
        ([(4, 0.99, 0.9), (7, 0.9, 0.9)], "??", "not a digit"),
    ],
)
def test_a_number_in_words(found: list[tuple[int, float, float]], number: str, words: str) -> None:
    """As sure as its least sure digit; a question mark for what is none."""
    reading = _reading(*found)
    assert (reading.number, reading.words) == (number, words)


def test_strokes_of_an_empty_list_are_read_by_components(recogniser: Recogniser) -> None:
    """A drawing whose strokes were lost is still a number."""
    none: list[Stroke] = []
    assert recogniser.read_number(drawn("52").bitmap, none, "bright").number == "52"
