"""By which fields others may search an object, as the contract allows it.

A set stands for a search whole: by commune, sheet and parcel, never by commune alone if the
contract does not say so. In the population register nobody is searched for by name: only who knows
number, name and date of birth is answered there. Elsewhere a name needs company, else it would list
all of its bearers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.contract.reading.fields import unknown_field
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.model import Field
    from sogoc.contract.reading.document import Mistakes, Part


def search_by(
    part: Part, fields: tuple[Field, ...], mistakes: Mistakes, *, population: bool
) -> tuple[tuple[str, ...], ...]:
    """The sets of fields of `searchBy`; one field alone may stand without a list."""
    known = {field.name: field for field in fields}
    sets = tuple(one.texts() for one in part)
    if part and not sets:
        mistakes.add(
            part,
            "searchBy is a list of sets of fields, such as [[ma_xa, so_to]]",
            "searchBy phải là danh sách các bộ trường, như [[ma_xa, so_to]]",
        )
    for one, names in zip(part, sets, strict=True):
        for name in names:
            if name not in known:
                unknown_field(one, name, known, mistakes=mistakes)
        _check_names(one, names, known, scene=(mistakes, population))
    return sets


def _check_names(
    part: Part,
    names: tuple[str, ...],
    known: Mapping[str, Field],
    *,
    scene: tuple[Mistakes, bool],
) -> None:
    mistakes, population = scene
    persons = [name for name in names if name in known and known[name].kind is Kind.PERSON_NAME]
    if not names or len(set(names)) != len(names):
        mistakes.add(
            part,
            "searchBy: a set names each of its fields once, and at least one",
            "searchBy: mỗi bộ phải có ít nhất một trường, không lặp lại",
        )
    if population and persons:
        mistakes.add(
            part,
            f"searchBy: nobody is searched for by {persons[0]} in the population register",
            f"searchBy: không tra cứu dân cư theo {persons[0]}",
        )
    elif len(persons) == len(names) and persons:
        mistakes.add(
            part,
            f"searchBy: {persons[0]} alone would list all who bear the name; add another field",
            f"searchBy: chỉ có {persons[0]} thì liệt kê mọi người trùng tên; thêm trường khác",
        )


def is_population(root: Part) -> bool:
    """Whether the contract says that persons are verified against this register."""
    return any(
        one.text("property") == "populationRegister" and one.is_true("value")
        for one in root.at("customProperties")
    )
