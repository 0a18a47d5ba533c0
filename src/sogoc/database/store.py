"""A connection to the node's database: its own server, or any PostgreSQL 15 and later by URL."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import psycopg
from psycopg import conninfo

from sogoc.database.embedded import embedded_server
from sogoc.errors import Sentence, StoreUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Connection: TypeAlias = psycopg.Connection
"""An open connection, for those who hand it on and import no driver."""

DATABASE_ERROR = psycopg.Error
"""What the driver raises, for those who import no driver."""

OLDEST = 15
"""The oldest PostgreSQL that works: `unique nulls not distinct`, `merge`."""


@dataclass(frozen=True, slots=True)
class Store:
    """The node's database while it is open. `address` is a secret: never show or log it."""

    address: str

    def connect(self) -> psycopg.Connection:
        """A new connection, which commits each statement by itself outside `transaction()`.

        So nothing lies in an open transaction while stages compute. Raises StoreUnreachable, in
        whose sentences no user and no password stand.
        """
        try:
            connection = psycopg.connect(
                self.address, autocommit=True, connect_timeout=10, application_name="sogoc"
            )
        except psycopg.Error as refusal:
            # The driver's own words may hold the address, and with it the password.
            raise _unreachable(self.address) from _without_words(refusal)
        if connection.info.server_version < OLDEST * 10000:
            version = connection.info.server_version // 10000
            connection.close()
            raise StoreUnreachable(
                Sentence(
                    vi=f"Máy chủ là PostgreSQL {version}; sogoc cần {OLDEST} trở lên.",
                    en=f"The server is PostgreSQL {version}; sogoc needs {OLDEST} or later.",
                ),
            )
        connection.execute("set time zone 'UTC'")
        return connection


@contextmanager
def open_database(folder: Path, url: str = "") -> Iterator[Store]:
    """The node's database: its own server under `folder`, unless `url` names another."""
    if url:
        yield Store(_checked(url))
    else:
        with embedded_server(folder / "postgres") as address:
            yield Store(address)


@contextmanager
def open_store(folder: Path, url: str = "") -> Iterator[psycopg.Connection]:
    """One connection to the node's database, closed at the end."""
    with open_database(folder, url) as store, store.connect() as connection:
        yield connection


def _checked(url: str) -> str:
    try:
        conninfo.conninfo_to_dict(url)
    except psycopg.Error as wrong:
        raise StoreUnreachable(
            Sentence(
                vi="database_url không phải là địa chỉ PostgreSQL (postgresql://máy/tên).",
                en="database_url is not an address of PostgreSQL (postgresql://host/name).",
            ),
        ) from _without_words(wrong)
    return url


def _unreachable(address: str) -> StoreUnreachable:
    parts = conninfo.conninfo_to_dict(address)
    where = f"{parts.get('host', 'localhost')}, {parts.get('dbname', '')}".rstrip(", ")
    return StoreUnreachable(
        Sentence(
            vi=(
                f"Không kết nối được cơ sở dữ liệu của nút ({where}). Hãy xem máy chủ có chạy "
                "không, và địa chỉ, tài khoản, mật khẩu có đúng không."
            ),
            en=(
                f"The node's database ({where}) cannot be reached. See whether the server runs, "
                "and whether address, account and password are right."
            ),
        ),
    )


def _without_words(refusal: psycopg.Error) -> Exception:
    """The kind of the driver's refusal without its text."""
    return ConnectionError(type(refusal).__name__)
