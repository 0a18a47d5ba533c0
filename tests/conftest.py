"""What tests of many folders need: a real database, made once and given out fresh."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

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


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A node's own server, with the node's schema in the database that others are copied from."""
    folder = tmp_path_factory.mktemp("node") / "postgres"
    folder.mkdir(mode=0o700)
    # Tests outlive no power cut: what a crash of ours or of the server leaves is the same.
    (folder / "tuning.conf").write_text("fsync = off\nfull_page_writes = off\n", encoding="utf-8")
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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests on Spark stay in one process where there are several: each would start its own.

    Likewise those that compile a kernel: it takes half a minute, once for a process.
    """
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        if item.get_closest_marker("spark") or "spark" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("spark"))
        elif "kernels" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("kernel"))


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where machine code is kept: made once for all tests that ask for this folder."""
    return tmp_path_factory.mktemp("kernels")


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
