"""What tests of many folders need: a real database, made once and given out fresh."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import settings
from psycopg import conninfo

from sogoc.database.embedded import embedded_server
from sogoc.database.migrate import migrate
from sogoc.database.store import Store
from sogoc.errors import SparkMissing
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Engine
from sogoc.testing.both_engines import BothEngines
from sogoc.testing.stopped_clock import StoppedClock

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_NUMBERS = itertools.count(1)
# A test that is slow on a busy machine is not wrong.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


_AS_INSTALLED = Path(__file__).parent / "as_installed"


@pytest.fixture(scope="session", autouse=True)
def commands_see_what_is_installed_with_sogoc() -> Iterator[None]:
    """Commands of tests find no pandas, which only tools of developers bring along.

    PyArrow imports it wherever it is there, which takes longer than all that a command needs.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(_AS_INSTALLED), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A node's own server, with the node's schema in the database that others are copied from."""
    folder = tmp_path_factory.mktemp("node") / "postgres"
    folder.mkdir(mode=0o700)
    # Tests outlive no power cut: what a crash of ours or of the server leaves is the same.
    # Nor do databases of one test live to be tidied, and a tidier would come by each every minute.
    tuning = "fsync = off\nfull_page_writes = off\nautovacuum = off\n"
    (folder / "tuning.conf").write_text(tuning, encoding="utf-8")
    with embedded_server(folder) as address:
        store = Store(address)
        with store.connect() as connection:
            migrate(connection, StoppedClock())
        yield store


@pytest.fixture
def database(database_server: Store) -> Store:
    """A fresh database with the node's schema."""
    name = f"test_{next(_NUMBERS)}"
    address = conninfo.make_conninfo(database_server.address, dbname="postgres")
    with Store(address).connect() as connection:
        connection.execute(f"create database {name} template sogoc strategy file_copy")
    return Store(conninfo.make_conninfo(address, dbname=name))


@pytest.fixture
def connection(database: Store) -> Iterator[psycopg.Connection]:
    """A connection to a fresh database with the node's schema."""
    with database.connect() as connection:
        yield connection


_SPARK, _KERNEL = "spark", "kernel"


def _together(nodeid: str) -> str:
    """The name under which a test is given to a process, with all others of that name.

    Spark takes seconds to start, and a kernel half a minute to compile: once, for one process. Else
    tests of a file stay together, for they share what the file sets up.
    """
    if _SPARK in nodeid or "both_engines" in nodeid:
        return _SPARK
    if any(place in nodeid for place in ("link/kernel/", "at_the_desk", "pipeline/population/")):
        return _KERNEL
    return nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:  # noqa: ANN401 - xdist has no types
    """Give tests to processes by `_together`; xdist's own groups do not know pytest 9.2's ids."""
    from xdist.scheduler import (  # type: ignore[import-untyped]  # noqa: PLC0415 - if several run
        LoadScopeScheduling,
    )

    class Together(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return _together(nodeid)

    # In the order of below, not by the number of tests: the longest files have few.
    config.option.loadscopereorder = False
    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long goes first where there are several processes: else one waits at the end."""
    if hasattr(config, "workerinput"):  # one of xdist's processes
        items.sort(key=lambda item: _length(_together(item.nodeid)))


def _length(group: str) -> int:
    long = (_SPARK, "tests/acceptance/", _KERNEL, "tests/security/test_dead_hub")
    return next((at for at, name in enumerate(long) if group.startswith(name)), len(long))


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where machine code is kept: made once for all tests and processes of a run."""
    of_this_process = tmp_path_factory.getbasetemp()
    several = "PYTEST_XDIST_WORKER" in os.environ  # noqa: TID251 - xdist says it nowhere else
    folder = (of_this_process.parent if several else of_this_process) / "kernels"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """One Spark for the whole run: it takes seconds to start."""
    session = pytest.importorskip("sogoc.tables.spark_session", reason="pyspark is not installed")
    scratch = tmp_path_factory.mktemp("spark")
    (scratch / "far").mkdir()
    options = SMALL_SPARK | {FAR_MOUNT: (scratch / "far").as_uri()}
    wishes = session.SparkWishes(memory_gib=1, scratch=scratch, options=options)
    try:
        started = session.start(wishes)
    except SparkMissing as missing:
        pytest.skip(missing.sentence.en)
    yield started
    started.stop()


FAR_MOUNT = "spark.hadoop.fs.viewfs.mounttable.far.link./tables"
"""Hadoop's own mounts: to Spark `viewfs://far/tables` is no file of this machine."""
SMALL_SPARK = {
    # A hundred rows want no division of labour, and no code compiled for them.
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    # Java compiles what runs often, then compiles it better: the second pays off after minutes.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@pytest.fixture
def duckdb_engine(tmp_path: Path) -> Iterator[Engine]:
    """The engine for one machine."""
    with DuckDBEngine(tmp_path / "on-duckdb", threads=1) as engine:
        yield engine


@pytest.fixture
def spark_engine(tmp_path: Path, spark: SparkSession) -> Iterator[Engine]:
    """The engine for many."""
    from sogoc.tables.spark_engine import SparkEngine  # noqa: PLC0415 - an optional part

    with SparkEngine(tmp_path / "on-spark", spark) as engine:
        yield engine


@pytest.fixture
def both_engines(duckdb_engine: Engine, spark_engine: Engine) -> BothEngines:
    """Both, held to each other."""
    return BothEngines(duckdb_engine, spark_engine)


@pytest.fixture(params=["duckdb_engine", pytest.param("both_engines", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An engine for a stage: DuckDB alone, then again with Spark beside it, equal to the row."""
    chosen: Engine = request.getfixturevalue(request.param)
    return chosen
