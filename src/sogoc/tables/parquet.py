"""A Parquet file written row group by row group, by a thread of its own."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pyarrow as pa

_BEHIND = 2
"""Row groups that may wait to be written: what bounds the memory."""


class ParquetFile:
    """Takes batches as they come and writes them while the next is made.

    Compression is that of the engines, so that a finished file can become a table as it is. Columns
    of whole numbers in `near` are kept as differences instead, bit-packed: much quicker to write
    and to read where nearly every value is another. An error of the disk is raised by a later
    `write` or by `close`.
    """

    def __init__(self, file: Path, schema: pa.Schema, *, near: Sequence[str] = ()) -> None:
        self._writer = pq.ParquetWriter(
            file,
            schema,
            compression=dict.fromkeys(schema.names, "none" if near else "zstd"),
            use_dictionary=[name for name in schema.names if name not in near],
            column_encoding=dict.fromkeys(near, "DELTA_BINARY_PACKED"),
        )
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parquet")
        self._waiting: deque[Future[None]] = deque()

    def write(self, rows: pa.Table) -> None:
        """Hand over one row group; waits where the disk is slower than what makes the rows."""
        if rows.num_rows:
            self.write_later(lambda: rows)

    def write_later(self, rows: Callable[[], pa.Table]) -> None:
        """The same for a row group that the writing thread makes itself."""
        if len(self._waiting) >= _BEHIND:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(lambda: self._writer.write_table(rows())))

    def close(self) -> None:
        """End the file; it can be read then."""
        try:
            while self._waiting:
                self._waiting.popleft().result()
        finally:
            self._thread.shutdown()
            self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
