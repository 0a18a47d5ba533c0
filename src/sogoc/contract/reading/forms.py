"""The shapes in which data comes: which column of a sheet goes to which field.

Written under the contract's own property `forms`, one mapping a form:

    - id: PL3-01
      label: Biểu thu thập thông tin thửa đất
      labelEn: Sheet of parcels and their users
      sheet: "*"
      headerRows: [1, 6]
      columns:
        - {column: 2, header: Mã xã, also: [Mã ĐVHC], to: [thua_dat.ma_xa, quyen.ma_xa]}
      split: [{object: quyen, columns: [Họ và tên, Số CCCD]}]
      collapse: [thua_dat]
      made: [{object: quyen_to_chuc, filled: [quyen_to_chuc.ten_to_chuc]}]
      constants: {quyen.nguon: PL3-01}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.contract.model import Form, FormColumn, Made, Split, Target
from sogoc.contract.reading.document import Part, closest
from sogoc.contract.reading.fields import check_unique

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sogoc.contract.model import RegisterObject
    from sogoc.contract.reading.document import Mistakes

FORM_KEYS = {
    "id",
    "label",
    "labelEn",
    "sheet",
    "headerRows",
    "columns",
    "split",
    "collapse",
    "made",
    "constants",
}
_COLUMN_KEYS = {"column", "header", "also", "to", "required"}
_SPLIT_KEYS = {"object", "columns", "separators"}
_MADE_KEYS = {"object", "filled", "unless"}
_SEPARATORS = ("\n", ";", " và ", " - ")


@dataclass(frozen=True, slots=True)
class _Register:
    objects: Mapping[str, RegisterObject]
    mistakes: Mistakes

    def keys(self, part: Part, known: set[str]) -> None:
        """Note keys that a mapping of this sort does not have."""
        for key, child in part.inside.items():
            if key not in known:
                self.mistakes.add(
                    child,
                    f"unknown key {key!r}{closest(str(key), known)}",
                    f"không có khóa {key!r}; có: {', '.join(sorted(known))}",
                )

    def object(self, part: Part, name: str) -> None:
        """Note an object that the contract does not have."""
        if name not in self.objects:
            self.mistakes.add(
                part,
                f"there is no object {name!r}{closest(name, self.objects)}",
                f"không có đối tượng {name!r}",
            )

    def target(self, part: Part, text: str) -> Target | None:
        """The field that `object.field` names, or None with the mistake noted."""
        name, _, field = text.partition(".")
        if name not in self.objects:
            self.object(part, name)
            return None
        fields = [one.name for one in self.objects[name].fields]
        if field not in fields:
            self.mistakes.add(
                part,
                f"the form goes to an unknown field {text!r}{closest(field, fields)}",
                f"biểu dẫn đến trường không có {text!r}",
            )
            return None
        return Target(object=name, field=field)

    def targets(self, part: Part, key: str) -> tuple[Target, ...]:
        """All the fields that the texts under a key name."""
        named = (self.target(part.at(key), text) for text in part.texts(key))
        return tuple(target for target in named if target is not None)


def forms_of(
    part: Part, objects: tuple[RegisterObject, ...], mistakes: Mistakes
) -> tuple[Form, ...]:
    """The forms written at this part."""
    if part and not isinstance(part.value, list):
        mistakes.add(part, "forms must be a list", "forms phải là một danh sách")
    check_unique(part, "id", mistakes)
    register = _Register({one.name: one for one in objects}, mistakes)
    return tuple(_form(one, register) for one in part)


def _form(part: Part, register: _Register) -> Form:
    register.keys(part, FORM_KEYS)
    if not part.text("id"):
        register.mistakes.add(part, "the form has no id", "biểu chưa có id")
    columns = tuple(_column(one, register) for one in part.at("columns"))
    _check_columns(part, columns, register)
    first, last = _header_rows(part, register)
    for one in part.at("collapse"):
        register.object(one, one.text())
    return Form(
        id=part.text("id"),
        label=part.text("label"),
        label_en=part.text("labelEn"),
        sheet=part.text("sheet"),
        header_from=first,
        header_to=last,
        columns=columns,
        splits=tuple(_split(one, columns, register) for one in part.at("split")),
        collapse=part.texts("collapse"),
        constants=tuple(_constants(part.at("constants"), register)),
        made=tuple(_made(one, register) for one in part.at("made")),
    )


def _header_rows(part: Part, register: _Register) -> tuple[int, int]:
    rows = part.at("headerRows")
    if not rows:
        return 0, 0
    numbers = [item.whole() for item in rows]
    match numbers:
        case [int(first), int(last)] if 1 <= first <= last:
            return first, last
    register.mistakes.add(
        rows,
        "headerRows must be two row numbers, the first and the last",
        "headerRows phải là hai số dòng, đầu và cuối",
    )
    return 0, 0


def _column(part: Part, register: _Register) -> FormColumn:
    register.keys(part, _COLUMN_KEYS)
    if not part.text("header"):
        register.mistakes.add(part, "the column has no header", "cột chưa có tiêu đề (header)")
    return FormColumn(
        header=part.text("header"),
        also=part.texts("also"),
        position=part.whole("column") or 0,
        targets=register.targets(part, "to"),
        required=part.is_true("required"),
    )


def _check_columns(part: Part, columns: tuple[FormColumn, ...], register: _Register) -> None:
    if not columns:
        register.mistakes.add(part, "the form has no columns", "biểu chưa có cột nào")
    check_unique(part.at("columns"), "header", register.mistakes)
    check_unique(part.at("columns"), "column", register.mistakes)
    _check_headers(part, columns, register)
    taken: set[Target] = set()
    for one, column in zip(part.at("columns"), columns, strict=True):
        for target in column.targets:
            if target in taken:
                register.mistakes.add(
                    one,
                    f"two columns go to {target.object}.{target.field}",
                    f"hai cột cùng dẫn đến {target.object}.{target.field}",
                )
            taken.add(target)


def _check_headers(part: Part, columns: tuple[FormColumn, ...], register: _Register) -> None:
    """Where no position tells columns apart, no two may answer to the same words."""
    seen: dict[str, int] = {}
    for number, (one, column) in enumerate(zip(part.at("columns"), columns, strict=True)):
        for header in (column.header, *column.also):
            if not column.position and seen.setdefault(header.casefold(), number) != number:
                register.mistakes.add(
                    one,
                    f"two columns answer to the header {header!r}",
                    f"hai cột cùng có tiêu đề {header!r}",
                )


def _split(part: Part, columns: tuple[FormColumn, ...], register: _Register) -> Split:
    register.keys(part, _SPLIT_KEYS)
    name = part.text("object")
    register.object(part, name)
    by_header = {column.header: column for column in columns}
    for one in part.at("columns"):
        column = by_header.get(one.text())
        if column is None or name not in {target.object for target in column.targets}:
            register.mistakes.add(
                one,
                f"no column {one.text()!r} goes to {name!r}{closest(one.text(), by_header)}",
                f"không có cột {one.text()!r} dẫn đến {name!r}",
            )
    return Split(
        object=name,
        columns=part.texts("columns"),
        separators=part.texts("separators") or _SEPARATORS,
    )


def _made(part: Part, register: _Register) -> Made:
    register.keys(part, _MADE_KEYS)
    register.object(part, part.text("object"))
    return Made(
        object=part.text("object"),
        filled=register.targets(part, "filled"),
        unless=register.targets(part, "unless"),
    )


def _constants(part: Part, register: _Register) -> Iterator[tuple[Target, str]]:
    for key, child in part.inside.items():
        target = register.target(child, str(key))
        if target is not None:
            yield target, child.text()
