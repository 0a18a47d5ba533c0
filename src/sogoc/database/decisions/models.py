"""Models of linking that were learned: kept whole, used once a person accepted them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from psycopg.rows import class_row

from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import psycopg

_SQL = statements(files("sogoc.database.decisions") / "models.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkModel:
    """One version of the model of an object of a register."""

    register: str
    object: str
    version: int
    sha256: str
    text: str
    """The model as `link.models.model.written` writes it."""
    policy_version: str
    pairs: int
    judged: int
    """Of the pairs, how many people confirmed."""
    learned_at: datetime
    learned_by: str
    accepted_at: datetime | None
    accepted_by: str | None
    accepted_why: str
    retired_at: datetime | None
    retired_by: str | None
    calibration: str | None = None
    """Labels of the register by what the model says, as `link.calibration.model.dump` writes it."""

    @property
    def in_use(self) -> bool:
        """Whether deliveries are linked by it."""
        return self.accepted_at is not None and self.retired_at is None


class LinkModels:
    """The models of a node, through one open connection."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def keep(self, model: Mapping[str, object]) -> int:
        """Keep a model as the next version of its object; return the version."""
        row = self._connection.execute(_SQL["keep"], model).fetchone()
        return int(cast(tuple[Any, ...], row)[0])

    def of(self, register: str) -> list[LinkModel]:
        """All of a register, newest first."""
        with self._connection.cursor(row_factory=class_row(LinkModel)) as cursor:
            return cursor.execute(_SQL["of"], {"register": register}).fetchall()

    def used(self, register: str) -> dict[str, LinkModel]:
        """By object, the model by which deliveries are linked."""
        return {one.object: one for one in self.of(register) if one.in_use}

    def label(self, register: str, object_name: str, version: int, *, calibration: str) -> None:
        """Keep what the posteriors of a new model are worth; nothing of it changes afterwards."""
        self._connection.execute(
            _SQL["label"],
            {
                "register": register,
                "object": object_name,
                "version": version,
                "calibration": calibration,
            },
        )

    def accept(self, model: LinkModel, *, officer: str, at: datetime, why: str) -> None:
        """Let deliveries be linked by this model from now on, in place of the one before."""
        of = {"register": model.register, "object": model.object, "officer": officer, "at": at}
        with self._connection.transaction():
            self._connection.execute(_SQL["retire"], of)
            self._connection.execute(_SQL["accept"], {**of, "version": model.version, "why": why})

    def retire(self, register: str, object_name: str, *, officer: str, at: datetime) -> bool:
        """Let deliveries measure for themselves again; whether a model was in use."""
        of = {"register": register, "object": object_name, "officer": officer, "at": at}
        return self._connection.execute(_SQL["retire"], of).rowcount > 0
