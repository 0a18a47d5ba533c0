"""Where each open finding is to be repaired: in the commune and hamlet of its record as it stands.

A record that is moved to its right commune takes its findings along. The land form has no column
for the hamlet, and a commune hands its lists out per hamlet: so the hamlet is read from the address
of the parcel, and what refers to the parcel (its certificate, the rights in it) is repaired where
the parcel lies. Nothing is stored in the record: an address says where to go, and no more. An
address that names no hamlet, or a record whose parcels lie in several, stays with the commune.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.records.shape import Tables
from sogoc.tables.engine import literal, quoted

if TYPE_CHECKING:
    from sogoc.contract.model import Register, RegisterObject
    from sogoc.database.store import Connection

WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Tổ dân phố", ("tổ dân phố", "tdp")),
    ("Khu phố", ("khu phố", "kp")),
    ("Khối phố", ("khối phố",)),
    ("Thôn", ("thôn",)),
    ("Ấp", ("ấp",)),
    ("Bản", ("bản",)),
    ("Buôn", ("buôn",)),
    ("Bon", ("bon",)),
    ("Plei", ("plei",)),
    ("Làng", ("làng",)),
    ("Xóm", ("xóm",)),
    ("Khóm", ("khóm",)),
    ("Sóc", ("sóc",)),
)
"""What a hamlet is called in the parts of the country, and how addresses write it."""

_UNITS = ("xã", "phường", "thị trấn", "đặc khu", "huyện", "quận", "thành phố", "tỉnh")


def place_findings(connection: Connection, register: Register, *, delivery: int) -> None:
    """Put the open findings of the records that a delivery touched, or opened, in their places."""
    for one in _placed(register):
        of = {"register": register.id, "object": one.name, "delivery": delivery}
        connection.execute(_moved(register, one, _touched(register, one)), of)


def place_all_findings(connection: Connection, register: Register) -> None:
    """The same for all of a register, as after a delivery that was taken back."""
    for one in _placed(register):
        of = {"register": register.id, "object": one.name}
        connection.execute(_moved(register, one, ""), of)


def _touched(register: Register, one: RegisterObject) -> str:
    """Findings that may stand in another place than they say.

    One that the delivery opened says the place and the hamlet field of its record already: it is
    looked at only where the hamlet is told by an address.
    """
    if one.hamlet_from or hamlet_of_record(register, one)[1]:
        return "and (finding.opened_by = %(delivery)s or own._delivery = %(delivery)s)"
    return "and own._delivery = %(delivery)s and finding.opened_by <> %(delivery)s"


def _placed(register: Register) -> list[RegisterObject]:
    return [one for one in register.objects if one.locality is not None]


def _moved(register: Register, one: RegisterObject, which: str) -> str:
    hamlet, place = hamlet_of_record(register, one)
    return f"""
        update node.finding set locality = told.locality, hamlet = told.hamlet
        from (
            select finding.id, own._locality as locality, {hamlet} as hamlet
            from node.finding
            inner join {_table(register, one)} as own on own.id = finding.record
            {place}
            where finding.register = %(register)s and finding.object = %(object)s
                and finding.closed_at is null {which}
        ) as told
        where finding.register = %(register)s and finding.id = told.id
            and (finding.locality, finding.hamlet) is distinct from (told.locality, told.hamlet)
    """


def hamlet_of_record(register: Register, one: RegisterObject) -> tuple[str, str]:
    """The hamlet of the record `own` and the join it takes: its own address, or its parcel's."""
    if one.hamlet or one.hamlet_from:
        return hamlet_of(one, "own"), ""
    for key in one.references:
        to = key.reference
        place = None if to.register else register.object(to.object)
        if place is not None and place.hamlet_from:
            names = ", ".join(quoted(name) for name in to.fields)
            pairs = zip(key.fields, to.fields, strict=True)
            same = " and ".join(f"own.{quoted(a)} = place.{quoted(b)}" for a, b in pairs)
            read = hamlet_of(place, "parcel")
            join = (
                f"left join (select {names}, min(read) as hamlet from ("
                f"select {names}, {read} as read from {_table(register, place)} as parcel"
                f") as told group by {names} having count(distinct read) = 1) as place on {same}"
            )
            return "place.hamlet", join
    return "cast(null as text)", ""


def _table(register: Register, one: RegisterObject) -> str:
    return Tables(register.id, one).current.as_string()


def hamlet_of(place: RegisterObject, row: str) -> str:
    """The hamlet of a row of `place`, as SQL: its own field, else what the address names."""
    told = [f"nullif(trim({row}.{quoted(place.hamlet)}), '')"] if place.hamlet else []
    if place.hamlet_from:
        address = f"{row}.{quoted(place.hamlet_from)}"
        told += [_named(address, name, spellings) for name, spellings in WORDS]
    return f"coalesce({', '.join(told)})"


def _named(address: str, name: str, spellings: tuple[str, ...]) -> str:
    """The hamlet of this kind in an address, NULL if it names none; at the start of a part only."""
    part = f"(?:^|[,;/]|\\s[-–]\\s)\\s*(?:{_cased(spellings)})[. ]\\s*([^,;/]+)"
    text = f"substring({address} from {literal(part)})"
    # "Thôn 3 - xã Ea Ktur", "Thôn 3 xã Ea Ktur": the unit is no part of the name.
    cut = literal(f"\\s+(?:[-–]\\s.*|(?:{_cased(_UNITS)})\\s.*)$")
    bare = f"trim(regexp_replace(regexp_replace({text}, {cut}, ''), '\\s+', ' ', 'g'))"
    return f"{literal(name + ' ')} || nullif({bare}, '')"


def _cased(words: tuple[str, ...]) -> str:
    """As in running text, at a start, and in capitals: no locale of a server is relied on."""
    return "|".join(
        dict.fromkeys(
            form for word in words for form in (word, word[0].upper() + word[1:], word.upper())
        )
    )
