"""Normalising: every way to make a picture of a digit ends in the 28×28 that MNIST's makers would have made."""

from __future__ import annotations

import gzip
from collections import deque

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core import paths
from core.drawing.ink import draw
from core.errors import DataError
from core.preprocessing.bounding_box import cropped
from core.preprocessing.normalise import Polarity, Step, centred, normalise, reduced, softened, steps
from core.preprocessing.paper import otsu
from core.preprocessing.polarity import is_ink_dark
from core.preprocessing.specks import hangs_together, pieces, without_specks

Grey = NDArray[np.uint8]


@pytest.fixture(scope="module")
def mnist() -> Grey:
    """The first 2,000 test images of MNIST, read here without the program's own reader."""
    with gzip.open(paths.shipped("data", "mnist", "t10k-images-idx3-ubyte.gz")) as file:
        return np.frombuffer(file.read(16 + 2000 * 784), np.uint8, offset=16).reshape(-1, 28, 28)


def _difference(one: Grey, other: Grey) -> float:
    """How much of the ink is elsewhere, 0 (same) to 2 (disjoint), at the best of shifts by up to a pixel.

    One whole pixel to the side would be 0.6 for most digits, so that other places are told from other shapes.
    """
    shifts = [np.roll(one, (down, across), (0, 1)) for down in (-1, 0, 1) for across in (-1, 0, 1)]
    least = min(int(np.abs(shifted.astype(int) - other).sum()) for shifted in shifts)
    return least / max(1, min(int(one.sum()), int(other.sum())))


def _enlarged(image: Grey, factor: int) -> Grey:
    size = image.shape[1] * factor, image.shape[0] * factor
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))


def _lit(image: Grey, low: float, high: float, ink: float = 0.25) -> NDArray[np.float64]:
    """Dark ink that leaves `ink` of the light, on paper whose light falls off from `high` to `low`."""
    height, width = image.shape
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    light = low + (high - low) * (0.7 * (1 - x) + 0.3 * y**2)
    lit: NDArray[np.float64] = light * (1 - (1 - ink) * image / 255.0)
    return lit


def test_mnist_s_own_images_stay_as_they_are(mnist: Grey) -> None:
    """What its makers normalised comes back the same, in the same place, to the last grey level."""
    ours = np.array([normalise(image) for image in mnist])
    same = (ours == mnist).all(axis=(1, 2))
    assert same.mean() > 0.99
    assert np.abs(ours.astype(int) - mnist).mean() < 0.01


def test_inverted_images_come_out_the_same(mnist: Grey) -> None:
    """Black on white is read like white on black, and a stated polarity agrees with the judged one."""
    for image in mnist[:300]:
        expected = normalise(image)
        assert np.array_equal(normalise(255 - image), expected)
        assert np.array_equal(normalise(image, "bright"), expected)
        assert np.array_equal(normalise(255 - image, "dark"), expected)


def test_place_does_not_matter(mnist: Grey) -> None:
    """A digit in the corner of a large canvas is moved to the middle."""
    for index, image in enumerate(mnist[:100]):
        canvas = np.zeros((90, 120), np.uint8)
        canvas[index % 60 : index % 60 + 28, 90 - index % 80 :][:, :28] = image
        assert np.array_equal(normalise(canvas), normalise(image))


def test_tight_crops_keep_their_polarity(mnist: Grey) -> None:
    """Without any margin ink covers up to half of the edge; hardly one digit in a hundred is turned round."""
    wrong = 0
    for image in mnist[:500]:
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        tight = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        wrong += is_ink_dark(tight) + (not is_ink_dark(255 - tight))
    assert wrong / 1000 < 0.02


@pytest.mark.parametrize("factor", [2, 7, 60])
def test_size_does_not_matter(mnist: Grey, factor: int) -> None:
    """A digit enlarged, even beyond a thousand pixels, comes out nearly as it was."""
    images = mnist[:60] if factor < 60 else mnist[:5]
    differences = [_difference(normalise(_enlarged(image, factor)), normalise(image)) for image in images]
    assert np.mean(differences) < 0.35 and max(differences) < 0.8


@pytest.mark.parametrize("inverted", [False, True])
def test_grey_paper_and_uneven_light_do_not_matter(mnist: Grey, inverted: bool) -> None:
    """Photographed with light falling off by half, noise and all, the digit is the same, paper is black."""
    rng = np.random.default_rng(0)
    differences = []
    for image in mnist[:60]:
        light = _lit(_enlarged(image, 7), 90, 200) + rng.normal(0, 3, (196, 196))
        photograph = np.clip(light, 0, 255).astype(np.uint8)
        differences.append(_difference(normalise(255 - photograph if inverted else photograph), normalise(image)))
    assert np.mean(differences) < 0.35 and max(differences) < 0.9


def test_a_shadow_is_not_ink(mnist: Grey) -> None:
    """A hand's shadow over half of the paper leaves the digit alone."""
    differences = []
    for image in mnist[:40]:
        paper = np.full((280, 280), 210.0)
        paper[:, 150:] = 140
        photograph = paper * (1 - 0.8 * _enlarged(image, 10) / 255)
        blurred = Image.fromarray(photograph.astype(np.uint8)).reduce(2)
        differences.append(_difference(normalise(np.asarray(blurred)), normalise(image)))
    assert np.median(differences) < 0.3


def test_faint_ink_is_stretched(mnist: Grey) -> None:
    """A pencil that takes a tenth of the light gives the same digit as black ink, up to 255."""
    differences = []
    for image in mnist[:40]:
        ours = normalise((200 - image * (20 / 255)).astype(np.uint8))
        assert ours.max() >= 254
        differences.append(_difference(ours, image))
    assert np.median(differences) < 0.05 and max(differences) < 0.6


def test_specks_are_removed(mnist: Grey) -> None:
    """Dust in the corners moves neither the box nor the centre."""
    rng = np.random.default_rng(0)
    for image in mnist[:60]:
        canvas = np.pad(_enlarged(image, 4), 30)
        expected = normalise(canvas)
        for x, y in rng.integers(0, 24, (12, 2)):
            canvas[y, x] = canvas[-1 - x, y] = canvas[x, -1 - y] = 200
        canvas[2:4, 5:8] = 255
        assert np.array_equal(normalise(canvas), expected)


def test_dots_of_pen_s_width_stay() -> None:
    """What is small but drawn, such as the bar of a 5 that was not joined, is kept."""
    trace = [[(0, 0), (0, 10), (6, 12), (7, 18), (0, 20)], [(3, 0), (8, 0)]]
    seen = list(steps(draw(trace, 64), "bright"))
    images = dict(seen)
    assert np.array_equal(images[Step.SPECKS], images[Step.INK])


def test_a_drawing_cut_by_the_border_keeps_its_polarity() -> None:
    """A digit drawn so large that it runs along an edge and out of the canvas is still ink on paper."""
    bitmap = draw([[(0, 0), (10, 0), (4, 16)]], 100)
    for cut in (bitmap[17:, :], bitmap[:, :70], bitmap[16:90, 25:80], bitmap[17:60, 20:60]):
        assert np.array_equal(normalise(255 - cut), normalise(cut, "bright"))
        assert normalise(cut).any()


def test_the_box_and_the_centre_are_mnist_s() -> None:
    """Drawings of any shape get a longer side of 20 and their centre of mass within half a pixel of 14."""
    rng = np.random.default_rng(3)
    for _ in range(40):
        image = normalise(draw([rng.uniform(0, 100, (5, 2)).tolist()], 80))
        rows, columns = np.nonzero(image)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
        mass = image.astype(float)
        y, x = np.mgrid[:28, :28]
        assert abs((mass * x).sum() / mass.sum() - 14) <= 0.51 and image.max() >= 254
        assert abs((mass * y).sum() / mass.sum() - 14) <= 0.51


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (28, 28), (3, 900)])
@pytest.mark.parametrize("level", [0, 90, 255])
@pytest.mark.parametrize("polarity", ["auto", "bright", "dark"])
def test_a_constant_image_is_empty(shape: tuple[int, int], level: int, polarity: Polarity) -> None:
    """Where nothing stands out nothing is drawn, whatever the level."""
    image = normalise(np.full(shape, level, np.uint8), polarity)
    assert image.shape == (28, 28) and image.dtype == np.uint8 and not image.any()


def test_noise_alone_is_empty() -> None:
    """A photograph of blank paper shows no digit."""
    rng = np.random.default_rng(0)
    photograph = _lit(np.zeros((200, 150), np.uint8), 120, 210) + rng.normal(0, 4, (200, 150))
    assert normalise(np.clip(photograph, 0, 255).astype(np.uint8)).sum() == 0


@pytest.mark.parametrize("shape", [(1, 2), (2, 1), (1, 300), (2, 2), (5, 3), (1, 5000), (1500, 40)])
def test_any_shape_is_read(shape: tuple[int, int]) -> None:
    """The oddest bitmaps give some 28×28 and no error."""
    rng = np.random.default_rng(0)
    for _ in range(10):
        image = normalise(rng.integers(0, 256, shape).astype(np.uint8))
        assert image.shape == (28, 28) and image.dtype == np.uint8


def test_a_digit_of_a_few_pixels_is_enlarged_smoothly() -> None:
    """A 5×3 bitmap of a 1 fills the box and has greys between its pixels."""
    tiny = np.array([[0, 1, 0], [1, 1, 0], [0, 1, 0], [0, 1, 0], [1, 1, 1]], np.uint8) * 255
    image = normalise(tiny)
    assert np.flatnonzero(image.any(axis=1)).size == 20
    assert len(np.unique(image)) > 20


def test_a_large_photograph_is_reduced_first() -> None:
    """What is larger than 1,024 pixels is averaged in blocks, so that time stays bounded."""
    assert reduced(np.zeros((3000, 4000), np.uint8)).shape == (750, 1000)
    assert reduced(np.zeros((1024, 3), np.uint8)).shape == (1024, 3)


@pytest.mark.parametrize(
    "bitmap", [np.zeros((0, 5), np.uint8), np.zeros((5, 5, 3), np.uint8), np.zeros((5, 5), np.float32)]
)
def test_what_is_no_bitmap_is_refused(bitmap: NDArray[np.uint8]) -> None:
    """The error says what shape and type were given and which are expected."""
    with pytest.raises(DataError, match=r"it must be \(height, width\)"):
        normalise(bitmap)


def test_an_unknown_polarity_is_refused() -> None:
    """The error names it and the possible ones."""
    with pytest.raises(DataError, match="'black'"):
        normalise(np.zeros((5, 5), np.uint8), "black")  # type: ignore[arg-type]  # that is the point


def test_the_last_step_is_the_result(mnist: Grey) -> None:
    """Whoever shows the stages one by one ends with what the network sees."""
    stages = list(steps(mnist[0]))
    assert len(stages) == 5 and np.array_equal(stages[-1][1], normalise(mnist[0]))
    assert [image.shape for _, image in stages[:2]] == [(28, 28)] * 2


def test_the_bitmap_is_left_alone(mnist: Grey) -> None:
    """Normalising changes nothing in what it was given."""
    image = mnist[0].copy()
    normalise(image)
    assert np.array_equal(image, mnist[0])


def test_otsu_finds_the_split_of_least_variance() -> None:
    """It agrees with trying every level."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        image = np.concatenate([rng.normal(60, 20, 300), rng.normal(170, 15, 100)]).clip(0, 255).astype(np.uint8)

        def variance(level: float, image: Grey = image) -> float:
            low, high = image[image <= level], image[image > level]
            return float(low.var() * len(low) + high.var() * len(high))

        best = min(variance(level) for level in range(int(image.min()), int(image.max())))
        assert variance(otsu(image)) <= best * 1.01


def test_pieces_are_those_of_a_flood_fill() -> None:
    """Random masks fall into the same 8-connected pieces as by a plain breadth-first search."""
    rng = np.random.default_rng(0)
    for density in (0.1, 0.4, 0.6, 1.0):
        mask = rng.random((23, 31)) < density
        labels = pieces(mask)
        assert np.array_equal(labels > 0, mask)
        seen = np.zeros_like(mask)
        count = 0
        for start in zip(*np.nonzero(mask), strict=True):
            if seen[start]:
                continue
            count += 1
            queue, seen[start] = deque([start]), True
            while queue:
                y, x = queue.popleft()
                assert labels[y, x] == labels[start]
                for near in np.argwhere(mask[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]):
                    place = (near[0] + max(y - 1, 0), near[1] + max(x - 1, 0))
                    if not seen[place]:
                        seen[place] = True
                        queue.append(place)
        assert labels.max() == count


def test_one_piece_is_told_from_several() -> None:
    """As by its pieces: winding ones, random ones, and those at the ends of rows, which are no neighbours."""
    rng = np.random.default_rng(0)
    masks = [
        rng.random((rng.integers(1, 12), rng.integers(1, 12))) < share for share in (0.3, 0.6, 0.9) for _ in "x" * 99
    ]
    winding = np.zeros((48, 48), bool)
    winding[::2] = winding[1:46:4, -1] = winding[3:46:4, 0] = True
    ends = np.zeros((6, 9), bool)
    ends[2, -1] = ends[3, 0] = True
    diagonal = np.eye(7, dtype=bool)
    masks += [winding, ends, diagonal, diagonal[::-1], np.zeros((5, 5), bool), np.ones((48, 48), bool)]
    together = [hangs_together(mask) for mask in masks]
    assert together == [int(pieces(mask).max()) == 1 for mask in masks]
    assert 50 < sum(together) < len(masks) - 50
    assert hangs_together(winding) and not hangs_together(np.ones((49, 48), bool))  # too large to be looked at so


def test_specks_are_found_in_large_images_too() -> None:
    """Beyond 256 pixels pieces are told apart in a smaller picture, and the digit keeps its pixels."""
    image = np.zeros((700, 501), np.uint8)
    image[100:600, 200:260] = 255
    expected = image.copy()
    image[650:656, 20:26] = 255
    image[30, 400] = 5
    assert np.array_equal(without_specks(image), expected)


@pytest.mark.parametrize("apart", [700, 1000, 2000])
def test_specks_far_apart_are_nothing(apart: int) -> None:
    """At 20 pixels nothing is left of them, and that is no error."""
    page = np.full((apart + 10, apart + 10), 255, np.uint8)
    page[3:5, 3:5] = page[apart : apart + 2, apart : apart + 2] = 0
    *_, (name, image) = steps(page)
    assert name is Step.BLANK and not image.any()


def test_coarse_scans_in_black_and_white_are_as_soft_as_mnist_is(mnist: Grey) -> None:
    """At 16 pixels, each of them ink or paper: nearer to the digit than with hard edges; grey ones keep theirs."""
    hard, soft = [], []
    for image in mnist[:60]:
        small = np.asarray(Image.fromarray(cropped(image)).resize((16, 16), Image.Resampling.BOX))
        wanted = normalise(np.asarray(Image.fromarray(small).resize((160, 160), Image.Resampling.BICUBIC)), "bright")
        scan = ((small > 100) * 255).astype(np.uint8)
        wide = np.asarray(Image.fromarray(cropped(scan)).resize((20, 20), Image.Resampling.BICUBIC))
        hard.append(_difference(centred(wide), wanted))
        soft.append(_difference(normalise(scan, "bright"), wanted))
        assert np.array_equal(softened(cropped(image)), cropped(image))
    assert np.mean(soft) < np.mean(hard)


@pytest.mark.parametrize("level", [60, 100])
def test_scans_that_fill_their_frame_keep_their_polarity(mnist: Grey, level: int) -> None:
    """Stretched to 16×16, black or white, nearly half of it ink: few are turned round."""
    wrong = 0
    for image in mnist[:300]:
        small = np.asarray(Image.fromarray(cropped(image)).resize((16, 16), Image.Resampling.BILINEAR))
        scan = ((small > level) * 255).astype(np.uint8)
        wrong += is_ink_dark(scan) + (not is_ink_dark(255 - scan))
    assert wrong / 600 < 0.02


@pytest.mark.parametrize("side", [8, 10])
def test_the_coarsest_scans_have_no_light(mnist: Grey, side: int) -> None:
    """Whose pixels are nearly all edges: as dark as without the paper's grey, none of it taken for shade."""
    for image in mnist[:60]:
        scan = np.asarray(Image.fromarray(cropped(image)).resize((side, side), Image.Resampling.BOX))
        ink = dict(steps(scan, "bright"))[Step.INK]
        np.testing.assert_allclose(ink[ink > 60], scan[ink > 60], atol=4)


def test_truth_values_are_ink_and_paper(mnist: Grey) -> None:
    """An array of 0 and 1 is the image in black and white."""
    for image in mnist[:20]:
        scan = (image > 100).astype(np.uint8)
        assert np.array_equal(normalise(scan), normalise(scan * np.uint8(255)))
        assert np.array_equal(normalise(1 - scan), normalise(scan * np.uint8(255)))
    assert not normalise(np.ones((20, 20), np.uint8)).any()


@pytest.mark.parametrize("chalk", [False, True])
@pytest.mark.parametrize("light", ["slope", "corners", "shadow"])
def test_lines_tell_the_polarity_of_a_page_in_uneven_light(mnist: Grey, light: str, chalk: bool) -> None:
    """Three digits on a page whose light falls to a third, evenly, towards its corners or at a shadow's edge."""
    random = np.random.default_rng(2)
    rows, columns = np.mgrid[0:1:300j, 0:1:480j]
    fall = {
        "slope": (rows + columns) / 2,
        "corners": 2 * ((rows - 0.5) ** 2 + (columns - 0.5) ** 2),
        "shadow": 1 / (1 + np.exp(30 * (0.6 - columns))),
    }[light]
    for first in range(0, 60, 3):
        ink = np.zeros((300, 480))
        for place in range(3):
            digit = Image.fromarray(mnist[first + place]).resize((112, 112), Image.Resampling.BICUBIC)
            ink[90:202, 60 + 120 * place : 172 + 120 * place] = np.asarray(digit) / 255
        page = (1 - 0.67 * fall) * (50 + 165 * 0.7 * ink if chalk else 215 * (1 - 0.7 * ink))
        seen = (page + random.normal(0, 3, page.shape)).clip(0, 255).astype(np.uint8)
        assert is_ink_dark(seen) != chalk
