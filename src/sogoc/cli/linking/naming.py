"""Which person of which record is meant by what somebody typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sogoc.errors import Sentence, UnknownThing
from sogoc.node.judging import Who

if TYPE_CHECKING:
    from sogoc.contract.model import Register


def named(register: Register, text: str, *, person: str = "") -> Who:
    """`12`, `quyen/12` or `quyen/12/PERSON`: what is left out is the first. Raises UnknownThing."""
    found = re.fullmatch(r"(?:([\w-]+)/)?([0-9]{1,15})(?:/([\w-]+))?", text)
    name, record, who = found.groups() if found else (None, "0", None)
    with_persons = [one for one in register.objects if one.persons and name in {None, one.name}]
    known = [(one, each.id) for one in with_persons for each in one.persons]
    wanted = who or person
    meant = [(one, each) for one, each in known if wanted in {"", each}]
    if not meant or not found:
        listed = ", ".join(f"{one.name}/{record}/{each}" for one, each in known)
        raise UnknownThing(
            Sentence(
                f"Không rõ người nào của bản ghi nào. Có thể viết: {listed or 'quyen/12'}.",
                f"It is not clear who of which record. It may be written: {listed or 'quyen/12'}.",
            )
        )
    one, each = meant[0]
    return Who(register=register, object=one, record=int(record), person=each)
