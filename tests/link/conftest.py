"""A district to link against, made once for each set of named persons."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sogoc.link.policy import Policy, shipped_policy
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.testing.district import District, Someone, district


@pytest.fixture(scope="session")
def policy() -> Policy:
    return shipped_policy()


@pytest.fixture(scope="session")
def district_of(
    tmp_path_factory: pytest.TempPathFactory, policy: Policy
) -> Iterator[Callable[[list[Someone]], District]]:
    """Makes a district with these persons beside the background."""
    engines: list[DuckDBEngine] = []

    def make(people: list[Someone]) -> District:
        engine = DuckDBEngine(tmp_path_factory.mktemp("district"), threads=1)
        engines.append(engine)
        return district(people, engine, policy)

    yield make
    for engine in engines:
        engine.close()
