"""What stands against records that a façade was told to write, once the stages have judged them.

Refused is what the record itself shows: a value in no form of its field, a rule of the contract
that counts as an error, a name that another record bears. What only others can show - a register
that it refers to, a person who is not found - is a finding, as with every delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.contract.model import RuleForm, Severity
from sogoc.errors import DeliveryRefused, RecordExists, Sentence
from sogoc.facades.writing import Kind
from sogoc.records.finding_plan import opened
from sogoc.records.plan import ended_select, held
from sogoc.tables.engine import literal, quoted
from sogoc.tables.naming import raw, recorded, standard
from sogoc.values.identifiers import persons

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.contract.model import RegisterObject
    from sogoc.facades.query_shelf import Values
    from sogoc.facades.writing import Write
    from sogoc.pipeline.single.storing import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Records as they are to stand."""

    rows: tuple[Values, ...]
    records: tuple[int, ...] = ()
    """Their numbers; none for a new record."""
    before: tuple[Values, ...] = ()
    """How those stood."""


def subjects_of(one: RegisterObject, records: Iterable[Values]) -> tuple[str, ...]:
    """Whom records name, by personal number, each once."""
    names = [person.number for person in one.persons if person.number]
    told = {str(record.get(name) or "") for record in records for name in names}
    return tuple(sorted({value for text in told if (value := persons.read(text).value)}))


def check_sent(stored: Stored, write: Write, sent: Sent) -> tuple[int, ...]:
    """The numbers of the records that were written. Raises DeliveryRefused, RecordExists."""
    name = write.object.name
    if stored.counts.get(name, {}).get("rows") != len(sent.rows):
        raise _refused(
            "nội dung không đọc được thành bản ghi", "what was sent does not read as a record"
        )
    engine = stored.engine
    if write.kind is Kind.DELETE:
        ended = [int(row[0]) for row in engine.rows(ended_select(write.object))]
        if sorted(ended) != sorted(sent.records):
            raise _refused(
                "bản ghi không có khóa riêng, nên một bản ghi khác sẽ kết thúc",
                "nothing names the record alone, so another one would end",
            )
        return sent.records
    told = engine.rows(f"select record, change from {quoted(recorded(name))} order by _row")
    records = tuple(int(row[0]) for row in told)
    if sent.records:
        if sorted(records) != sorted(sent.records):
            raise _refused(
                "giá trị mới đổi khóa của bản ghi, hoặc bản ghi không có khóa riêng; hãy kết thúc "
                "bản ghi và tạo bản ghi mới",
                "it would change what names the record, or nothing names it alone; end the "
                "record and create another",
            )
    elif engine.rows(_standing(name)):
        # Of what was not found nothing was read: written over, all its other fields would go.
        raise RecordExists(
            Sentence(vi="Đã có bản ghi mang khóa này.", en="A record of this key exists already.")
        )
    broken = _broken(stored, write, new=not sent.records)
    broken |= {name: "unreadable" for name in _unreadable(stored, write) if name not in broken}
    if broken:
        listed = ", ".join(f"{name} ({rules})" for name, rules in sorted(broken.items()))
        raise _refused(f"trái quy tắc của đặc tả: {listed}", f"it breaks rules: {listed}")
    return records


def _standing(name: str) -> str:
    return (
        f"select 1 from {quoted(recorded(name))} as recorded"
        f" inner join {quoted(held(name))} as held on held.id = recorded.record"
        f" where not held.missing"
    )


def _unreadable(stored: Stored, write: Write) -> list[str]:
    """Fields whose new value cannot be read as they demand."""
    table = quoted(standard(write.object.name))
    return [
        name
        for name, value in write.values.items()
        if value
        and stored.engine.rows(
            f"select 1 from {table} where {quoted(name)} is null"
            f" and {quoted(raw(name))} is not null limit 1"
        )
    ]


def _broken(stored: Stored, write: Write, *, new: bool) -> dict[str, str]:
    """Rules that are errors, that the record alone can answer, and that it breaks: by field.

    A record that was flawed before may be changed elsewhere: only rules over what is written count.
    """
    rules = {rule.code: rule for rule in write.object.rules}
    select = (
        f"select distinct rule, field from {quoted(opened(write.object.name))}"
        f" where severity = {literal(Severity.ERROR.value)} order by rule"
    )
    found: dict[str, list[str]] = {}
    for code, name in stored.engine.rows(select):
        own = new or write.values.keys() & {name, *rules[code].fields}
        if own and rules[code].form is RuleForm.ROW:
            found.setdefault(name, []).append(code)
    return {name: ", ".join(codes) for name, codes in found.items()}


def _refused(vi: str, en: str) -> DeliveryRefused:
    return DeliveryRefused(Sentence(vi=f"Không ghi được: {vi}.", en=f"This is not taken in: {en}."))
