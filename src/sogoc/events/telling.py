"""What one delivery did to the records of one object, told from the register and its history.

A version that the delivery brought and that ended none is a record created. One that it ended
changed, went or came back; which closer word fits is read from the fields that hold a person's
number, name, day of death and commune. Records are told in the order of their numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from sogoc.records.shape import Tables

if TYPE_CHECKING:
    from datetime import datetime

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.database.store import Connection

_TELL = """
with head as (select last_number from node.feed_head),

brought as (
    select id from {current} where _delivery = {delivery}
    union
    select id from {history} where _delivery = {delivery}
),

ended as (select * from {history} where _ended_by = {delivery}),

touched as (
    select id as record, 'created' as kind
    from brought
    where id not in (select id from ended)
    union all
    select
        earlier.id as record,
        case
            when earlier._change in ('missing', 'ended') then 'gone'
            when earlier._change = 'returned' then 'returned'{closer}
            else 'changed'
        end as kind
    from ended as earlier
    left join lateral (
        select {fields} from {current}
        where id = earlier.id and _believed_from = earlier._believed_to
        union all
        select {fields} from {history}
        where id = earlier.id and _believed_from = earlier._believed_to
        limit 1
    ) as later on true
),

numbered as (
    insert into node.change (number, register, object, record, kind, delivery, at)
    select
        head.last_number + row_number() over (order by touched.record, touched.kind),
        {register},
        {object},
        touched.record,
        touched.kind,
        {delivery},
        {moment}
    from touched
    cross join head
    returning number
)

update node.feed_head
set last_number = greatest(last_number, (select max(number) from numbered))
"""

_DIED = "earlier.{0} is null and later.{0} is not null"
_OTHER = "earlier.{0} is distinct from later.{0}"


def tell_delivery(
    connection: Connection,
    register: Register,
    one: RegisterObject,
    *,
    delivery: int,
    moment: datetime,
) -> None:
    """Append the changes of one delivery. The caller holds the feed's lock and a transaction."""
    target = Tables(register.id, one)
    connection.execute(
        sql.SQL(_TELL).format(
            current=target.current,
            history=target.history,
            delivery=sql.Literal(delivery),
            register=sql.Literal(register.id),
            object=sql.Literal(one.name),
            moment=sql.Literal(moment),
            closer=sql.SQL("").join(
                sql.SQL(f" when {differs} then {{1}}").format(
                    sql.Identifier(name), sql.Literal(kind)
                )
                for name, kind, differs in _closer(one)
            ),
            fields=sql.SQL(", ").join(
                sql.Identifier(name) for name in ("id", *(name for name, _, _ in _closer(one)))
            ),
        )
    )


def _closer(one: RegisterObject) -> list[tuple[str, str, str]]:
    """Fields of the first person in a record, with what a change of each is called, and its test.

    The gravest first: who died and moved has died.
    """
    if not one.persons:
        return []
    person = one.persons[0]
    told = (
        (person.died, "died", _DIED),
        (person.number, "renumbered", _OTHER),
        (person.name, "renamed", _OTHER),
        (person.commune, "moved", _OTHER),
    )
    return [each for each in told if each[0]]
