"""Downloads: fetched from a server on this machine, converted, and whole or not there at all."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from waiting import LONGEST

from core.__main__ import main
from core.data import catalogue, datasets, download, downloadable, fetching, published
from core.errors import DataError
from core.system import children


def idx_file(array: np.ndarray, code: int) -> bytes:
    """A gzipped IDX file, written by the format's description."""
    header = bytes([0, 0, code, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(header + array.astype(array.dtype.newbyteorder(">")).tobytes())


class Server(ThreadingHTTPServer):
    """Serves `files` by path; a path in `cut` breaks off half-way, one in `slow` falls silent there."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.cut: set[str] = set()
        self.slow: set[str] = set()
        self.go_on = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def offer(self, name: str, content: bytes) -> tuple[str, str]:
        """Serve `content`; its address and md5."""
        self.files[f"/{name}"] = content
        return f"{self.url}/{name}", hashlib.md5(content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Answers GET from the server's files."""

    server: Server

    def do_GET(self) -> None:
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        half = len(content) // 2
        self.wfile.write(content[:half])
        self.wfile.flush()
        if self.path in self.server.cut:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if self.path in self.server.slow:
            self.server.go_on.wait(LONGEST)
        self.wfile.write(content[half:])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server on this machine; no proxy stands between."""
    monkeypatch.setenv("no_proxy", "*")
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.go_on.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def some(mnist_part: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Sixty images and their labels."""
    return mnist_part[0][:60], mnist_part[1][:60]


@pytest.fixture
def usps(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A USPS of 30 training and 20 test images on the server, in its own format."""
    from torchvision.datasets import USPS

    random = np.random.default_rng(0)
    table = {}
    for part, name, count in (("train", "usps.bz2", 30), ("test", "usps.t.bz2", 20)):
        lines = []
        for index in range(count):
            image = np.full((16, 16), -1.0)
            image[2:14, 6:10] = random.uniform(0.2, 1, (12, 4)).round(3)
            values = " ".join(f"{place + 1}:{value}" for place, value in enumerate(image.ravel()))
            lines.append(f"{index % 10 + 1} {values} ")  # labels count from 1 there
        url, md5 = server.offer(name, bz2.compress("\n".join(lines).encode()))
        table[part] = [url, name, md5]
    monkeypatch.setattr(USPS, "split_list", table)
    return server


def left(home: Path) -> list[str]:
    """What lies in the downloads' folder."""
    folder = home / "data" / "downloads"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) if folder.exists() else []


def test_usps_arrives_whole(usps: Server, home: Path) -> None:
    """Both parts come with labels from 0 and as 28×28; the catalogue then has it without the server."""
    told: list[tuple[int, int | None]] = []
    path = download.download("usps", lambda done, total: told.append((done, total)))
    size = sum(map(len, usps.files.values()))
    assert path == downloadable.path_of("usps") and left(home) == ["usps.npz"]
    assert told[-1] == (size, size) and told == sorted(told, key=lambda each: each[0])
    usps.files.clear()
    entry = catalogue.find("usps")
    assert entry.state == "downloaded" and entry.path == str(path)
    found = datasets.load("usps")
    assert found.train.counts() == [3] * 10 and found.test.counts() == [2] * 10
    assert found.train.images.shape == (30, 28, 28) and found.test_note == "the test set of usps"
    assert found.train.images[0, 5:23, 12:16].mean() > 100 and not found.train.images[0, :, :8].any()


def test_what_is_there_is_not_fetched_again(usps: Server) -> None:
    """A second download asks no server."""
    download.download("usps")
    usps.files.clear()
    assert download.download("usps").is_file()


def test_qmnist_is_read_by_its_first_label(
    server: Server, some: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of QMNIST's eight labels an image the first is the class; images come as MNIST's."""
    from torchvision.datasets import QMNIST

    images, labels = some
    more = np.zeros((60, 8), np.int32)
    more[:, 0], more[:, 1] = labels, 70_000
    resources = {
        part: [
            server.offer(f"{part}-i.gz", idx_file(images[chosen], 0x08)),
            server.offer(f"{part}-l.gz", idx_file(more[chosen], 0x0C)),
        ]
        for part, chosen in (("train", slice(0, 40)), ("test", slice(40, 60)))
    }
    monkeypatch.setattr(QMNIST, "resources", resources)
    download.download("qmnist")
    found = datasets.load("qmnist")
    assert np.array_equal(found.train.labels, labels[:40]) and np.array_equal(found.test.labels, labels[40:])
    assert np.abs(found.train.images.astype(int) - images[:40]).mean() < 4


def test_emnist_is_turned_upright(
    server: Server, some: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """EMNIST lies on its side in its files, among other sets in one archive; its digits come out upright."""
    from torchvision.datasets import EMNIST

    images, labels = some
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for part, chosen in (("train", slice(0, 40)), ("test", slice(40, 60))):
            on_side = images[chosen].transpose(0, 2, 1)
            file.writestr(f"gzip/emnist-digits-{part}-images-idx3-ubyte.gz", idx_file(on_side, 0x08))
            file.writestr(f"gzip/emnist-digits-{part}-labels-idx1-ubyte.gz", idx_file(labels[chosen], 0x08))
        file.writestr("gzip/emnist-letters-train-images-idx3-ubyte.gz", b"not looked at")
    url, md5 = server.offer("gzip.zip", buffer.getvalue())
    monkeypatch.setattr(EMNIST, "url", url)
    monkeypatch.setattr(EMNIST, "md5", md5)
    told: list[tuple[int, int | None]] = []
    download.download("emnist-digits", lambda done, total: told.append((done, total)))
    assert told[-1] == (len(buffer.getvalue()), len(buffer.getvalue()))
    found = datasets.load("emnist-digits")
    assert np.array_equal(found.train.labels, labels[:40])
    assert np.abs(found.train.images.astype(int) - images[:40]).mean() < 4


def test_without_a_server_the_message_helps(usps: Server, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A refused connection says who cannot be reached and what to do, and nothing is left."""
    from torchvision.datasets import USPS

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    USPS.split_list["train"][0] = f"http://127.0.0.1:{port}/usps.bz2"
    assert main(["datasets", "--download", "usps", "--json"]) == 1
    (answer,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for said in (f"127.0.0.1:{port}", "refused", "internet connection", "MNIST is shipped", "usps.npz"):
        assert said in answer["error"]
    assert left(home) == [] and not downloadable.is_downloaded("usps")


def test_an_unknown_host_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name server the host that was asked for is named."""
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(DataError, match=r"no-such-host\.invalid cannot be reached"):
        fetching.fetch("http://no-such-host.invalid/a", tmp_path / "a", "", lambda done, total: None)


def test_a_broken_connection_leaves_nothing(usps: Server, home: Path) -> None:
    """Half of the second file is not taken for all of it."""
    usps.cut.add("/usps.t.bz2")
    with pytest.raises(DataError, match="broke off after"):
        download.download("usps")
    assert left(home) == []
    usps.cut.clear()
    assert download.download("usps").is_file()


def test_a_changed_file_leaves_nothing(usps: Server, home: Path) -> None:
    """What has another md5 than torchvision knows is refused."""
    usps.files["/usps.bz2"] = b"<html>Please log in"
    with pytest.raises(DataError, match="md5"):
        download.download("usps")
    assert left(home) == []


def test_a_refusal_of_the_server_is_told(usps: Server, home: Path) -> None:
    """An address that moved says so."""
    usps.files.clear()
    with pytest.raises(DataError, match="404"):
        download.download("usps")
    assert left(home) == []


def test_a_silent_server_is_given_up(usps: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that stops sending does not hold the program for ever."""
    monkeypatch.setattr(fetching, "PATIENCE", 0.2)
    usps.slow.add("/usps.bz2")
    with pytest.raises(DataError, match="timed out"):
        download.download("usps")
    assert left(home) == []


def test_an_interrupt_leaves_nothing(usps: Server, home: Path) -> None:
    """Ctrl-C in the middle removes what had come."""

    def interrupt(done: int, total: int | None) -> None:
        assert [name for name in left(home) if name.endswith("usps.bz2")]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download.download("usps", interrupt)
    assert left(home) == []


def test_what_a_killed_process_left_is_swept(usps: Server, home: Path) -> None:
    """The next download removes the half-written folder of one that could not."""
    abandoned = home / "data" / "downloads" / ".emnist-digits-abc.part"
    abandoned.mkdir(parents=True)
    (abandoned / "emnist.zip").write_bytes(b"half")
    download.download("usps")
    assert left(home) == ["usps.npz"]


def test_one_download_at_a_time(usps: Server) -> None:
    """A second one is told to wait, and does not disturb the first."""
    usps.slow.add("/usps.bz2")
    begun = threading.Event()
    first = threading.Thread(target=download.download, args=("usps", lambda done, total: begun.set()))
    first.start()
    assert begun.wait(LONGEST)
    with pytest.raises(DataError, match="another download is under way"):
        download.download("qmnist")
    usps.go_on.set()
    first.join()
    assert downloadable.is_downloaded("usps")


def test_the_command_tells_its_progress(usps: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON lines of bytes and at last the name; the images are normalised by then."""
    assert main(["datasets", "--download", "usps", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    size = sum(map(len, usps.files.values()))
    assert lines[-1] == {"downloaded": "usps"} and lines[-2] == {"done": size, "total": size}
    assert main(["datasets", "usps", "--json"]) == 0
    looked = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert looked[0] == {"done": 50, "total": 50} and looked[-1]["images"] == 50


def test_a_terminated_command_leaves_nothing(usps: Server, home: Path) -> None:
    """The child that the interface ends in the middle of a download tidies up before it goes."""
    usps.slow.add("/usps.bz2")
    code = (
        "import sys\nfrom core.__main__ import main\nfrom core.data import published\n"
        "from core.data.published import Remote, _Published\n"  # not by way of torchvision, which takes seconds
        f"published._PUBLISHED['usps'] = _Published(lambda: {published.remotes('usps')!r}, published._usps)\n"
        "sys.exit(main(['datasets', '--download', 'usps', '--json']))\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], env=children.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with child:
        assert child.stdout is not None and child.stderr is not None
        assert b"done" in child.stdout.readline()
        child.send_signal(signal.SIGTERM)
        child.wait(LONGEST)
        assert child.returncode == 128 + signal.SIGTERM and child.stderr.read() == b""
    assert left(home) == []


def test_what_cannot_be_stored_is_explained(usps: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk names the folder and what it takes, and leaves nothing."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(DataError, match="No space left on device") as caught:
        download.download("usps")
    assert str(home / "data" / "downloads") in str(caught.value) and left(home) == []
