"""Tests of one module share a served node; each finds it as at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg import conninfo
from tests.facade_scene import Scene, facade_scene

from sogoc.database.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def served_node(request: pytest.FixtureRequest, database_server: Store) -> Iterator[Scene]:
    """The node, on a database of its own."""
    name = "facades_" + request.module.__name__.rpartition(".")[2]
    address = conninfo.make_conninfo(database_server.address, dbname="postgres")
    with Store(address).connect() as connection:
        connection.execute(f"create database {name} template sogoc strategy file_copy")
    with facade_scene(Store(conninfo.make_conninfo(address, dbname=name))) as told:
        yield told


@pytest.fixture
def scene(served_node: Scene) -> Scene:
    """The node as at the start."""
    served_node.fresh()
    return served_node
