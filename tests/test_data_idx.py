"""IDX files: against torchvision's own reader, and every way in which one can be wrong."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from core import paths
from core.data import idx
from core.errors import DataError


def encoded(array: np.ndarray, code: int) -> bytes:
    """IDX as the format's description says, written without the module under test."""
    header = bytes([0, 0, code, array.ndim]) + b"".join(struct.pack(">I", size) for size in array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def test_images_are_those_that_torchvision_reads(tmp_path: Path) -> None:
    """MNIST's test images and labels come out as from torchvision's reader of the same bytes."""
    from torchvision.datasets.mnist import read_image_file, read_label_file

    for name, read in (
        ("t10k-images-idx3-ubyte.gz", read_image_file),
        ("t10k-labels-idx1-ubyte.gz", read_label_file),
    ):
        packed = paths.shipped("data", "mnist", name).read_bytes()
        plain = tmp_path / name.removesuffix(".gz")
        plain.write_bytes(gzip.decompress(packed))
        expected = read(str(plain)).numpy()
        for data in (packed, plain.read_bytes()):
            found = idx.parse(data, name)
            assert found.dtype == np.uint8
            assert np.array_equal(found, expected)


def test_32_bit_labels_are_those_that_torchvision_reads(tmp_path: Path) -> None:
    """Whole numbers of 32 bits, as QMNIST's labels are, come out in this machine's byte order."""
    from torchvision.datasets.mnist import read_sn3_pascalvincent_tensor

    path = tmp_path / "labels"
    path.write_bytes(encoded(np.array([[1, -2, 70_000], [4, 5, 6]], np.int32), 0x0C))
    found = idx.parse(path.read_bytes(), "labels")
    assert np.array_equal(found, read_sn3_pascalvincent_tensor(str(path)).numpy())
    assert found.dtype == np.int32 and found.dtype.isnative


@pytest.mark.parametrize(("code", "dtype"), [(0x09, np.int8), (0x0B, np.int16), (0x0D, np.float32), (0x0E, np.float64)])
def test_each_type_of_the_format_is_read(code: int, dtype: type[np.generic]) -> None:
    """All type codes of the format's description give their values back."""
    values = np.array([[-3, 0, 100], [1, 2, 3]], dtype)
    assert np.array_equal(idx.parse(encoded(values, code), "x"), values)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "nothing"),
        (b"\0\0", "not an IDX file"),
        (b"\x89PNG\r\n", "not an IDX file"),
        (b"\0\0\x07\x01" + bytes(8), "not an IDX file"),
        (b"\0\0\x08\x00", "not an IDX file"),
        (b"\0\0\x08\x03\0\0", "cut off"),
        (encoded(np.arange(6, dtype=np.uint8), 0x08)[:-1], "should have 14 bytes"),
        (encoded(np.arange(6, dtype=np.uint8), 0x08) + b"\0", "has 15"),
        (b"\0\0\x08\x04" + b"\xff" * 16, "should have"),
        (gzip.compress(encoded(np.arange(6, dtype=np.uint8), 0x08), mtime=0)[:-12], "cannot be unpacked"),
    ],
)
def test_a_fault_is_named_with_its_source(data: bytes, said: str) -> None:
    """Wrong magic, a cut, a surplus and absurd sizes are each an error that names the file and the fault."""
    with pytest.raises(DataError, match="some-file") as caught:
        idx.parse(data, "some-file")
    assert said in str(caught.value)
