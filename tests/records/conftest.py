"""An office that hands in deliveries of parcels."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from sogoc.records.store import RecordStore
from sogoc.testing.land_office import LAND, Office


@pytest.fixture
def office(connection: psycopg.Connection, tmp_path: Path) -> Office:
    RecordStore(connection).prepare(LAND)
    return Office(connection, tmp_path)
