"""Entries in the words of each specification. Lists are newest first, moments in UTC."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING

from sogoc.errors import Sentence
from sogoc.exchange.names import subsystem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sogoc.access.usage import Shown
    from sogoc.contract.model import Register

_VERBS = {
    "read": Sentence(vi="Xem thông tin", en="Read"),
    "search": Sentence(vi="Tìm thông tin", en="Searched"),
    "verify": Sentence(vi="Đối soát họ tên, ngày sinh", en="Compared name and date of birth"),
    "difference": Sentence(vi="Nhận thay đổi", en="Took changes"),
    "write": Sentence(vi="Ghi, sửa hoặc kết thúc bản ghi", en="Made, changed or ended a record"),
    "usage": Sentence(vi="Xem ai đã khai thác dữ liệu của bạn", en="Looked at who used your data"),
}
_OTHER = Sentence(vi="Khai thác dữ liệu", en="Used data")
_MASKED = Sentence(
    vi="Khai thác dữ liệu để giải quyết thủ tục của người khác",
    en="Used data for another person's procedure",
)


def action(one: Shown, registers: Mapping[str, Register]) -> Sentence:
    """What was done and why, as a sentence that a citizen understands."""
    if one.masked:
        return _MASKED
    verb = _VERBS.get(one.operation, _OTHER)
    register = registers.get(one.register)
    vi = [verb.vi, *_fields(one, register, "vi")]
    en = [verb.en, *_fields(one, register, "en")]
    title = f" ({one.title})" if one.title else ""
    return Sentence(
        vi=f"{': '.join(vi)}. Thủ tục {one.purpose}{title}; căn cứ {one.ground}.",
        en=f"{': '.join(en)}. Procedure {one.purpose}{title}; on the ground of {one.ground}.",
    )


def _fields(one: Shown, register: Register | None, language: str) -> list[str]:
    labels = {
        field.name: (field.label if language == "vi" else field.label_en) or field.name
        for each in (register.objects if register else ())
        for field in each.fields
    }
    names = [labels.get(name, name) for name in one.fields]
    return [", ".join(names)] if names and one.operation != "usage" else []


def tracker(
    total: int,
    entries: list[Shown],
    *,
    names: Callable[[str], str],
    registers: Mapping[str, Register],
) -> bytes:
    """The answer of `findUsage` (Data Tracker 2.1)."""
    return written(
        {
            "totalUsages": total,
            "usages": [
                {
                    "logtime": moment(one.at),
                    "action": action(one, registers).vi,
                    **_receiver(one.member, names),
                }
                for one in entries
            ],
        }
    )


def _receiver(member: str, names: Callable[[str], str]) -> dict[str, str]:
    who = subsystem(member)
    told = {"receiverCode": str(who.owner), "receiverSystem": who.code or str(who)}
    name = names(member)
    return told | ({"receiverName": name} if name else {})


def govstack(entries: list[Shown], *, names: Callable[[str], str]) -> bytes:
    """The answer of `myPersonalDataUsage` (GovStack Digital Registries 1.3; `refrences` is so).

    Initials stay empty: the exchange knows officers by number alone.
    """
    return written([_usage(one, names) for one in entries])


def older_govstack(entries: list[Shown], *, names: Callable[[str], str]) -> bytes:
    """The same in the spelling of the generation before: `ID`, `ReaderID`, `SearchDateTime`."""
    return written(
        [{_older(name): value for name, value in _usage(one, names).items()} for one in entries]
    )


def _older(name: str) -> str:
    whole = name[0].upper() + name[1:]
    return whole.removesuffix("Id") + "ID" if whole.endswith("Id") else whole


def _usage(one: Shown, names: Callable[[str], str]) -> dict[str, object]:
    return {
        "id": str(one.number),
        "readerId": one.officer,
        "readerInitials": "",
        "readerInstitutionId": str(subsystem(one.member).owner),
        "readerInstitutionName": names(one.member),
        "readerApplicationName": subsystem(one.member).code,
        "searchDateTime": moment(one.at),
        "refrences": [{"ReferenceID": one.request_id}],
    }


def own(
    total: int,
    entries: list[Shown],
    fields: frozenset[str],
    *,
    names: Callable[[str], str],
    registers: Mapping[str, Register],
) -> bytes:
    """Our own answer: the fields that were asked for and granted, and the entry's number."""
    return written(
        {
            "totalUsages": total,
            "usages": [
                {"number": one.number}
                | {name: told for name, told in _all(one, names, registers) if name in fields}
                for one in entries
            ],
        }
    )


def _all(
    one: Shown, names: Callable[[str], str], registers: Mapping[str, Register]
) -> list[tuple[str, object]]:
    register = registers.get(one.register)
    said = action(one, registers)
    return [
        ("at", moment(one.at)),
        ("receiver", _receiver(one.member, names)),
        ("register", {"id": one.register, "name": register.name if register else one.register}),
        ("action", {"vi": said.vi, "en": said.en}),
        ("purpose", {"code": one.purpose, "title": one.title}),
        ("ground", one.ground),
        ("fields", list(one.fields)),
        ("officer", one.officer),
        ("request_id", one.request_id),
    ]


def moment(at: datetime) -> str:
    """A moment as RFC 3339 writes it, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def written(told: object) -> bytes:
    """JSON as it leaves."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
