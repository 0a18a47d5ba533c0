"""A grant as it is written down to be asked for: a file of TOML, or JSON over the wire."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

from sogoc.access.grant import Grant, Operation, Visibility
from sogoc.errors import GrantRefused, Place, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FORM: dict[str, type] = {
    "id": str,
    "member": str,
    "register": str,
    "fields": list,
    "operations": list,
    "purpose": str,
    "ground": str,
    "first_day": date,
    "last_day": date,
}
_OPTIONAL: dict[str, type] = {
    "sensitive_ground": str,
    "rate_per_minute": int,
    "most_keys": int,
    "purpose_title": str,
    "visibility": str,
    "deferred_days": int,
    "visibility_order": str,
}
_LONGEST = 2000
"""Signs that one text of a grant may have."""


def grant_at(file: Path) -> Grant:
    """Read a grant from TOML. Raises GrantRefused with every mistake of the file."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise _unreadable([str(wrong)], place=Place(file=str(file))) from wrong
    return _made(told, Place(file=str(file)))


def grant_from(told: Mapping[str, object]) -> Grant:
    """Read a grant from JSON; its days are texts there. Raises GrantRefused with every mistake."""
    days = {name: told[name] for name in ("first_day", "last_day") if name in told}
    return _made({**told, **{name: _day(value) for name, value in days.items()}}, None)


def _day(value: object) -> object:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return value


def _made(told: Mapping[str, Any], place: Place | None) -> Grant:
    shape = _FORM | _OPTIONAL
    mistakes = [
        *(f"{name}: ?" for name in sorted(told.keys() - shape.keys())),
        *(f"{name}: -" for name in sorted(_FORM.keys() - told.keys())),
        *(
            f"{name}: {shape[name].__name__}"
            for name, value in told.items()
            if name in shape and not _fits(value, shape[name])
        ),
        *_unknown("operations", told.get("operations"), set(Operation)),
        *_unknown("visibility", [told.get("visibility", "at-once")], set(Visibility)),
    ]
    if mistakes:
        raise _unreadable(mistakes, place=place)
    return Grant(
        **{
            **told,
            "fields": frozenset(map(str, told["fields"])),
            "operations": frozenset(map(Operation, told["operations"])),
            "visibility": Visibility(told.get("visibility", "at-once")),
        }
    )


def _fits(value: object, kind: type) -> bool:
    if isinstance(value, str):
        return kind is str and len(value) <= _LONGEST and "\0" not in value
    # A moment is a day too, in Python's eyes; a truth value a number.
    return type(value) is kind


def _unknown(name: str, values: object, known: set[Any]) -> list[str]:
    listed = values if isinstance(values, list) else []
    return [f"{name}: {each}" for each in listed if not isinstance(each, str) or each not in known]


def written(grant: Grant) -> dict[str, object]:
    """The grant as JSON for the wire."""
    return {
        **{name: getattr(grant, name) for name in _FORM | _OPTIONAL},
        "fields": sorted(grant.fields),
        "operations": sorted(map(str, grant.operations)),
        "visibility": str(grant.visibility),
        "first_day": grant.first_day.isoformat(),
        "last_day": grant.last_day.isoformat(),
    }


def _unreadable(mistakes: list[str], *, place: Place | None) -> GrantRefused:
    listed = "; ".join(mistakes)
    return GrantRefused(
        Sentence(
            vi=f"Đơn xin quyền khai thác chưa đúng ({listed}). Cần các mục: {', '.join(_FORM)}; "
            f"có thể thêm: {', '.join(_OPTIONAL)}.",
            en=f"The file that asks for a grant is not right ({listed}). It needs: "
            f"{', '.join(_FORM)}; it may have: {', '.join(_OPTIONAL)}.",
        ),
        place=place,
    )
