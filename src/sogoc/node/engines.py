"""Which engine the tables of this node are made by: its own, or Spark where one is not enough."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sogoc.errors import Place, Sentence, SettingsError, SparkMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sogoc.node.settings import Settings
    from sogoc.tables.engine import Engine
    from sogoc.tables.spark_cluster import SparkCluster


@contextmanager
def open_engines(folder: Path, settings: Settings) -> Iterator[Callable[[Path], Engine]]:
    """What opens an engine on a folder of tables.

    Spark itself starts with the first engine and stops at the end. The few records of a
    correction, which work outside the node's folder, stay on this machine if the tables do. So do
    rounds, always: they are files that travel.

    Raises SparkMissing and SettingsError before anything is touched.
    """

    def here(run: Path) -> Engine:
        # Most commands make no table: they do not wait for the engine to be imported.
        from sogoc.tables.duckdb_engine import DuckDBEngine  # noqa: PLC0415 - see above

        return DuckDBEngine(run, memory_gib=settings.memory_gib, threads=settings.threads)

    if settings.engine == "duckdb":
        yield here
        return
    folder = folder.resolve()
    with _cluster(folder, settings) as cluster:

        def there(run: Path) -> Engine:
            if run.resolve().is_relative_to(folder / "var" / "rounds"):
                return here(run)
            ours = run.resolve().is_relative_to(folder)
            return cluster.engine(run) if ours or settings.spark_folder else here(run)

        yield there


def _cluster(folder: Path, settings: Settings) -> SparkCluster:
    try:
        # Optional parts of the package are imported only where they are asked for.
        from sogoc.tables.spark_cluster import SparkCluster  # noqa: PLC0415 - see above
        from sogoc.tables.spark_session import SparkWishes  # noqa: PLC0415 - see above
    except ModuleNotFoundError as missing:
        raise SparkMissing(
            Sentence(
                vi='Chưa cài phần Spark của sogoc. Cài bằng: pip install "sogoc[spark]"; nếu không '
                'cần Spark, đặt engine = "duckdb" trong sogoc.toml.',
                en='The Spark part of sogoc is not installed. Run: pip install "sogoc[spark]"; if '
                'Spark is not needed, set engine = "duckdb" in sogoc.toml.',
            )
        ) from missing
    wishes = SparkWishes(
        master=settings.spark_master or f"local[{settings.threads}]",
        memory_gib=settings.memory_gib,
        scratch=folder / "var" / "spark",
        options=_options(folder, settings),
    )
    if not (wishes.is_local or settings.spark_folder):
        raise _no_folder(wishes.master)
    far = settings.spark_folder.rstrip("/")
    return SparkCluster(wishes, folder, far=f"{far}/{_name(folder)}" if far else "")


def _name(folder: Path) -> str:
    """The node's own name under an address that nodes may share."""
    file = folder / "var" / "spark" / "name"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"node-{secrets.token_hex(8)}", encoding="ascii")
    return file.read_text(encoding="ascii")


def _options(folder: Path, settings: Settings) -> dict[str, str]:
    """Spark's own settings, in the form that Spark gives its files: name, blank, value."""
    if not settings.spark_options:
        return {}
    file = folder / settings.spark_options
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except OSError as wrong:
        raise _bad_options(str(file)) from wrong
    pairs = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    if any(len(pair) != len(("name", "value")) or pair[0][:6] != "spark." for pair in pairs):
        # No line is quoted: it may hold a key.
        raise _bad_options(str(file))
    return {pair[0]: pair[1] for pair in pairs}


def _bad_options(file: str) -> SettingsError:
    return SettingsError(
        Sentence(
            vi="Không đọc được tệp thiết lập của Spark (mục spark_options). Mỗi dòng cần có dạng: "
            "spark.tên.mục, dấu cách, giá trị; dòng bắt đầu bằng # là ghi chú.",
            en="The file of Spark's settings (spark_options) cannot be read. Each line takes the "
            "form: spark.some.name, a blank, its value; a line that begins with # is a note.",
        ),
        place=Place(file=file),
    )


def _no_folder(master: str) -> SettingsError:
    return SettingsError(
        Sentence(
            vi=f"Spark ở {master} chạy trên nhiều máy, nhưng mục spark_folder còn trống. Đặt "
            "spark_folder là địa chỉ mọi máy đều thấy (hdfs://…, s3a://…, hoặc file:/// của ổ "
            "dùng chung) rồi chạy lại.",
            en=f"Spark at {master} runs on many machines, and spark_folder is empty. Let it be an "
            "address that all of them see (hdfs://..., s3a://..., or file:/// of a shared disk) "
            "and run again.",
        )
    )
