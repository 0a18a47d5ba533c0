"""Who is whose child, from the registers of this node whose contracts have numbers of parents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

from sogoc.exchange.usage.standing import Child
from sogoc.records.shape import Tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sogoc.contract.model import Person, Register, RegisterObject
    from sogoc.database.store import Connection


@dataclass(frozen=True, slots=True)
class PostgresKin:
    """Looks into the current records of these registers."""

    connection: Connection
    registers: Iterable[Register]

    def child(self, number: str) -> list[Child]:
        """What the registers of this node say; empty if they know nobody of that number."""
        return [
            found
            for register, one, person in _with_parents(self.registers)
            for found in self._found(register, one, person=person, number=number)
        ]

    def _found(
        self, register: Register, one: RegisterObject, *, person: Person, number: str
    ) -> Iterator[Child]:
        table = Tables(register.id, one).current
        row = self.connection.execute("select to_regclass(%s)", (table.as_string(None),)).fetchone()
        if row is None or row[0] is None:
            return
        names = [person.born, person.father_number, person.mother_number]
        columns = sql.SQL(", ").join(
            sql.SQL("{}::text").format(sql.Identifier(name)) if name else sql.SQL("null")
            for name in names
        )
        select = sql.SQL(
            "select {columns} from {table} where {number} = %s and _missing_since is null"
        ).format(columns=columns, table=table, number=sql.Identifier(person.number))
        for born, *parents in self.connection.execute(select, (number,)):
            yield Child(
                born=born or "",
                parents=frozenset(each for each in parents if each),
                source=register.id,
            )


def _with_parents(
    registers: Iterable[Register],
) -> Iterator[tuple[Register, RegisterObject, Person]]:
    objects = ((register, one) for register in registers for one in register.objects)
    for register, one in objects:
        for person in one.persons:
            if person.number and (person.father_number or person.mother_number):
                yield register, one, person
