"""Image files become grey levels: formats by content, colours, transparency, depth, and damage."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import DataError
from core.preprocessing import images


def seven() -> np.ndarray:
    """(40, 30) bool: where the ink of a 7 is."""
    ink = np.zeros((40, 30), bool)
    ink[6:10, 5:25] = True
    for row in range(10, 34):
        column = 22 - (row - 10) // 2
        ink[row, column : column + 4] = True
    return ink


def painted(ink: tuple[int, ...], paper: tuple[int, ...]) -> Image.Image:
    """The 7 in two colours, each RGB or RGBA."""
    pixels = np.where(seven()[..., None], np.array(ink, np.uint8), np.array(paper, np.uint8))
    return Image.fromarray(pixels.astype(np.uint8))


def contrast(grey: np.ndarray) -> float:
    """How much brighter paper is than ink, negative where it is darker."""
    ink = seven()
    return float(grey[~ink].mean() - grey[ink].mean())


BLACK, WHITE = (0, 0, 0), (255, 255, 255)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "BMP", "WEBP"])
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.txt", "a"])
def test_the_content_decides_what_a_file_is(tmp_path: Path, format_: str, name: str) -> None:
    """Each format is read under any name, and shows dark ink on light paper."""
    painted(BLACK, WHITE).save(tmp_path / name, format_)
    grey = images.decode(tmp_path / name)
    assert grey.shape == (40, 30) and grey.dtype == np.uint8
    assert contrast(grey) > 230


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_each_kind_of_pixel_gives_the_same_greys(tmp_path: Path, mode: str) -> None:
    """One bit, grey, palette, colour and 16 bits come out as black on white."""
    source = painted(BLACK, WHITE)
    if mode == "I;16":
        deep = np.where(seven(), 0, 65_535).astype(np.uint16)
        Image.fromarray(deep).save(tmp_path / "a.png")
    else:
        source.convert(mode).save(tmp_path / "a.png")
    grey = images.decode(tmp_path / "a.png")
    assert np.array_equal(grey == 0, seven()) and np.array_equal(grey == 255, ~seven())


def test_sixteen_bits_keep_their_shades(tmp_path: Path) -> None:
    """Greys of 16 bits become the same greys of 8; 12 bits of a scanner are stretched, not turned to black."""
    ramp = np.arange(0, 65_536, 16, dtype=np.uint16).reshape(64, 64)
    Image.fromarray(ramp).save(tmp_path / "a.png")
    assert np.array_equal(images.decode(tmp_path / "a.png"), (ramp // 256).astype(np.uint8))
    Image.fromarray(ramp // 16).save(tmp_path / "b.png")
    assert images.decode(tmp_path / "b.png").max() == 255


@pytest.mark.parametrize("colour", [(255, 230, 0), (120, 220, 255), (255, 0, 0), (0, 0, 160), (0, 160, 0)])
@pytest.mark.parametrize("on", [BLACK, WHITE])
def test_coloured_ink_is_clear(tmp_path: Path, colour: tuple[int, int, int], on: tuple[int, int, int]) -> None:
    """Yellow and light blue on white, dark blue on black: ink that is clear to the eye is clear in grey."""
    painted(colour, on).save(tmp_path / "a.png")
    assert abs(contrast(images.decode(tmp_path / "a.png"))) > 60


@pytest.mark.parametrize(("ink", "sign"), [((0, 0, 0, 255), 1), ((255, 255, 255, 255), -1), ((200, 60, 0, 255), 1)])
def test_ink_on_nothing_is_laid_on_paper_that_shows_it(
    tmp_path: Path, ink: tuple[int, int, int, int], sign: int
) -> None:
    """Black ink on transparency lies on white, white ink on black, whatever colour the transparency has."""
    for nothing in ((0, 0, 0, 0), (255, 255, 255, 0)):
        painted(ink, nothing).save(tmp_path / "a.png")
        assert sign * contrast(images.decode(tmp_path / "a.png")) > 120


def test_a_transparent_margin_takes_the_colour_of_the_paper(tmp_path: Path) -> None:
    """A sheet with ink on it and transparent corners has no black frame."""
    pixels = np.asarray(painted((0, 0, 0, 255), (250, 250, 250, 255))).copy()
    pixels[:4] = pixels[:, :3] = 0
    Image.fromarray(pixels).save(tmp_path / "a.png")
    grey = images.decode(tmp_path / "a.png")
    assert grey[:4].min() == 250 and grey[20, 0] == 250


def test_half_transparent_edges_are_mixed(tmp_path: Path) -> None:
    """Antialiased edges of ink come out between ink and paper."""
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[2:6, 2:6, 3] = 255
    pixels[2:6, 6, 3] = 128
    Image.fromarray(pixels).save(tmp_path / "a.png")
    grey = images.decode(tmp_path / "a.png")
    assert grey[3, 3] == 0 and 120 <= grey[3, 6] <= 135 and grey[3, 7] == 255


def test_a_palette_with_a_transparent_colour(tmp_path: Path) -> None:
    """White ink on a palette's transparent entry is laid on black."""
    image = Image.new("P", (30, 40))
    image.putpalette([9, 9, 9, 255, 255, 255])
    image.putdata(seven().astype(np.uint8).ravel().tolist())
    image.save(tmp_path / "a.png", transparency=0)
    assert contrast(images.decode(tmp_path / "a.png")) < -240


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_s_orientation_is_obeyed(tmp_path: Path, orientation: int) -> None:
    """All eight orientations of EXIF come out upright."""
    undo = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270}  # fmt: skip
    upright = painted(BLACK, WHITE)
    turned = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned.save(tmp_path / "a.png", exif=exif)
    assert contrast(images.decode(tmp_path / "a.png")) == 255


def test_damaged_exif_data_is_no_reason_to_refuse(tmp_path: Path) -> None:
    """An image whose metadata are garbage is read by its pixels."""
    painted(BLACK, WHITE).save(tmp_path / "a.png", exif=b"Exif\0\0II*\0" + b"\xff" * 40)
    assert contrast(images.decode(tmp_path / "a.png")) == 255


def test_a_photograph_is_reduced(tmp_path: Path) -> None:
    """Twelve megapixels come out with a few hundred thousand, proportions kept."""
    painted(BLACK, WHITE).resize((3000, 4000)).save(tmp_path / "a.jpg")
    height, width = images.decode(tmp_path / "a.jpg").shape
    assert max(height, width) < 2048 and abs(height / width - 4 / 3) < 0.01


def bomb(width: int, height: int) -> bytes:
    """A PNG of this size in its header and hardly any data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 8_000), (12_000, 12_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, size: tuple[int, int]) -> None:
    """An image that claims 80 million pixels or more is refused with the limit."""
    (tmp_path / "a.png").write_bytes(bomb(*size))
    with pytest.raises(DataError, match="64 million pixels"):
        images.decode(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"hello", "not an image"),
        (b"GIF89a" + bytes(100), "is a GIF"),
        (b"<html><body>404", "is an HTML page"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n", ""),
        (b"\xff\xd8\xff\xe0", ""),
        (b"BM", ""),
        (b"RIFF\0\0\0\0WEBP", ""),
    ],
)
def test_what_is_no_image_is_named_with_the_reason(tmp_path: Path, content: bytes, said: str) -> None:
    """Each message names the file and says what it is."""
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(DataError) as caught:
        images.decode(tmp_path / "a.png")
    assert str(tmp_path / "a.png") in str(caught.value) and said in str(caught.value)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "BMP", "WEBP"])
def test_a_cut_image_is_damaged(tmp_path: Path, format_: str) -> None:
    """Half an image is refused, not taken with a grey lower half."""
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)
    Image.fromarray(noise).save(buffer, format_)
    (tmp_path / "a").write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    with pytest.raises(DataError, match="damaged"):
        images.decode(tmp_path / "a")


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "BMP", "WEBP"])
def test_changed_bytes_never_crash(tmp_path: Path, format_: str) -> None:
    """Whatever bytes are changed, there is an image or a reason."""
    buffer = io.BytesIO()
    painted(BLACK, WHITE).save(buffer, format_)
    random = np.random.default_rng(0)
    for _ in range(150):
        bad = bytearray(buffer.getvalue())
        for place in random.integers(0, len(bad), 4):
            bad[place] = int(random.integers(0, 256))
        (tmp_path / "a").write_bytes(bad)
        try:
            assert images.decode(tmp_path / "a").dtype == np.uint8
        except DataError as error:
            assert len(str(error)) > 20


def test_what_is_no_file_is_explained(tmp_path: Path) -> None:
    """A missing file, a broken link, a folder and a pipe each have their reason, and none hangs."""
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name, said in (("none", "not exist"), ("link", "link"), ("pipe", "pipe"), ("folder", "folder")):
        with pytest.raises(DataError, match=said):
            images.decode(tmp_path / name)
