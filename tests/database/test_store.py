"""Any PostgreSQL by URL, and what is said when it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from sogoc.database.store import Store, open_store
from sogoc.errors import StoreUnreachable


def test_a_server_can_be_named_by_its_address(database: Store, tmp_path: Path) -> None:
    with open_store(tmp_path, database.address) as connection:
        assert connection.execute("show timezone").fetchone() == ("UTC",)
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize(
    "url",
    ["postgresql://officer:s3cret@/sogoc?host=/nowhere", "s3cret nonsense", "host='s3cret"],
    ids=["no server there", "no address at all", "a quote left open"],
)
def test_what_is_said_holds_no_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable) as refused, open_store(tmp_path, url):
        pass
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in refused.value.sentence.vi
    assert "officer" not in str(refused.value)
    assert "s3cret" not in str(refused.value.__cause__)
