"""How busy the training device is, as far as the machine reports it without special rights. Knows no torch."""

from __future__ import annotations

import shutil
import subprocess

from core.runs.events import DeviceState
from core.system.hardware import memory_total
from core.system.usage import process_memory, processor_load, processor_temperature


class ProcessorMonitor:
    """Reports the state of the CPU, or of what MPS shares with it."""

    def __init__(self, device: str) -> None:
        self._device = device
        processor_load()  # the first state measures from here

    def state(self) -> DeviceState:
        """The state now; the load is measured since the last call."""
        return DeviceState(
            device=self._device,
            load=processor_load(),
            memory_used=process_memory(),
            memory_total=memory_total(),
            temperature=processor_temperature(),
        )


class CardMonitor:
    """Reports the state of one CUDA card through `nvidia-smi`, without ever waiting for it."""

    def __init__(self, index: int, card: str, memory_total: int | None) -> None:
        """`index` is torch's; `card` is the UUID, because `nvidia-smi` counts cards in another order."""
        self._index = index
        self._card = card if card.startswith("GPU-") else f"GPU-{card}"
        self._total = memory_total
        self._smi = shutil.which("nvidia-smi")
        self._child: subprocess.Popen[str] | None = None
        self._latest: tuple[float | None, int | None, float | None] = (None, None, None)

    def state(self) -> DeviceState:
        """The state reported by the last `nvidia-smi` to finish; starts the next one."""
        if self._child is not None and self._child.poll() is not None:
            output, _ = self._child.communicate()
            if self._child.returncode == 0:
                self._latest = parse_smi(output)
            self._child = None
        if self._child is None and self._smi:
            self._start()
        load, used, temperature = self._latest
        return DeviceState(
            device=f"cuda:{self._index}",
            load=load,
            memory_used=used,
            memory_total=self._total,
            temperature=temperature,
        )

    def _start(self) -> None:
        query = "--query-gpu=utilization.gpu,memory.used,temperature.gpu"
        try:
            self._child = subprocess.Popen(
                [str(self._smi), f"--id={self._card}", query, "--format=csv,noheader,nounits"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        except OSError:
            self._smi = None

    def close(self) -> None:
        """End an `nvidia-smi` that is still running."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def parse_smi(output: str) -> tuple[float | None, int | None, float | None]:
    """(load 0 to 1, bytes in use, degrees Celsius) from one line of `nvidia-smi`; None for `[N/A]`."""
    values: list[float | None] = []
    for text in output.strip().split(",")[:3]:
        try:
            values.append(float(text))
        except ValueError:
            values.append(None)
    values += [None] * (3 - len(values))
    load, mebibytes, temperature = values
    return (
        None if load is None else load / 100,
        None if mebibytes is None else int(mebibytes) << 20,
        temperature,
    )
