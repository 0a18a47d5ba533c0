"""Where Prometheus reads the figures of an answering node: a door of its own, beside the workers.

Not at the door of questions: that one is open to the world, and figures are for the operator alone.
And not in a worker: reading costs the questions nothing, and it still answers when every worker is
busy or gone.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from os import kill
from threading import Lock
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from sogoc.errors import Sentence, SettingsError
from sogoc.node.figures.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from prometheus_client.core import Metric

    from sogoc.node.figures.standing import NodeParts

KEPT = "var/figures"
"""Where workers keep their figures, below the node's folder."""


def cleaned(folder: Path) -> Path:
    """The folder of the workers' figures, empty: a server that starts counts from nought."""
    kept = folder / KEPT
    kept.mkdir(parents=True, exist_ok=True)
    for file in kept.glob("*.db"):
        file.unlink(missing_ok=True)
    return kept


@contextmanager
def listening(address: str, parts: NodeParts) -> Iterator[int]:
    """Show the figures of all workers and of the node until the block ends; give the port.

    Raises SettingsError for an address that is none, or that is taken.
    """
    host, port = host_and_port(address)
    registry = CollectorRegistry()
    registry.register(_Workers(parts.folder / KEPT))
    standing = Standing(parts)
    registry.register(standing)
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as taken:
        raise _taken(address) from taken
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        standing.close()


class _Workers:
    """The figures of all processes that count, added up; of one that is gone no gauge is left."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept
        self._files = MultiProcessCollector(None, path=str(kept))  # type: ignore[no-untyped-call]  # bare there
        self._turn = Lock()

    def describe(self) -> Iterator[Metric]:
        """Nothing: what is shown is known only once somebody looks."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment."""
        with self._turn:
            counting = {_process_of(file) for file in self._kept.glob("*.db")} - {_GONE}
            for process in counting:
                if not _lives(process):
                    _inherit(self._kept, process)
            told = list(self._files.collect())  # type: ignore[no-untyped-call]  # bare there
        yield from told


_GONE = 0
"""Stands for all processes that are gone: no process has this number."""


def _process_of(file: Path) -> int:
    return int(file.stem.rpartition("_")[2])


def _inherit(kept: Path, process: int) -> None:
    """Add what a process counted that is gone to what all of them did.

    Each command that counts would else leave a file behind, which every look had to read.
    """
    with suppress(FileNotFoundError):
        mark_process_dead(process, str(kept))  # type: ignore[no-untyped-call]  # bare there
    for file in kept.glob(f"*_{process}.db"):
        whole = file.with_stem(file.stem.removesuffix(f"_{process}") + f"_{_GONE}")
        if not whole.exists():
            file.rename(whole)
            continue
        sums: Any = MmapedDict(str(whole))  # type: ignore[no-untyped-call]  # bare there
        for key, value, *_ in sums.read_all_values_from_file(str(file)):
            counted, moment = sums.read_value(key)
            sums.write_value(key, counted + value, moment)
        sums.close()
        file.unlink()


def _lives(process: int) -> bool:
    try:
        kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def host_and_port(address: str) -> tuple[str, int]:
    """`127.0.0.1:9464` or `[::1]:9464` as its two parts. Raises SettingsError."""
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) >= 1 << 16:
        raise SettingsError(
            Sentence(
                vi="metrics_address cần dạng địa chỉ:cổng, như 127.0.0.1:9464.",
                en="metrics_address takes an address and a port, as in 127.0.0.1:9464.",
            )
        )
    return host.removeprefix("[").removesuffix("]"), int(port)


def _taken(address: str) -> SettingsError:
    return SettingsError(
        Sentence(
            vi=f"Không mở được {address} cho số liệu (metrics_address); có chương trình khác đang "
            "dùng cổng này, hoặc máy không có địa chỉ đó.",
            en=f"{address} cannot be opened for figures (metrics_address): another program has the "
            "port, or this machine has no such address.",
        )
    )
