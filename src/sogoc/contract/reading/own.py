"""The properties we add to the Open Data Contract Standard, and where they stand.

Apart from `standard`, whose model and schema take longer to import than a contract to read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.contract.reading.document import closest

if TYPE_CHECKING:
    from sogoc.contract.reading.document import Mistakes, Part

VENDOR = "sogoc"

PROPERTIES: dict[str, dict[str, str]] = {
    "contract": {
        "populationRegister": "persons of other registers are verified against this one",
        "forms": "the shapes in which data comes",
        "nameEn": "the register's name in English",
    },
    "description": {
        "checkedAgainstText": "whether a person has compared the contract with the law",
    },
    "object": {
        "person": "the persons a record names: one mapping, or a list of them with `id`",
        "identities": "sets of fields that name a record where the key does not, best first",
        "hamlet": "the field by which a commune hands out its worklists",
        "hamletFrom": "the field with an address that names the hamlet where no column does",
        "linkTo": "`one-to-one` where a person may stand once in the object, else `many-to-one`",
        "searchBy": "sets of fields by which others may search; a search names all of one set",
        "trueFrom": "the field that says since when the record is true",
        "nearDuplicates": "what makes two records look like one thing entered twice",
    },
    "field": {
        "sogocKind": "the kind of value: one way of reading it, one set of built-in rules",
        "asOf": "localities: the field with the date at which the code was written",
        "asOfDate": "localities: the date at which all codes of the field were written",
        "scoreBy": "`locality`: the axis of the scorecard",
        "derivedFrom": "localities given in words: the text fields that name the unit",
    },
    "value": {
        "labelEn": "the label in English",
    },
    "rule": {
        "criterion": "the criterion, where the dimension's own does not fit",
        "errorGroup": "one of the eight groups of errors, where the dimension's own does not fit",
        "nameEn": "the rule's name in English",
        "person": "verification: the id of the person group that the rule judges",
        "fields": "the fields the rule judges, first the one where the finding is shown",
    },
    "relationship": {
        "heldBy": "`other-node`: never a join, answered by a round or the exchange",
    },
    "role": {
        "purpose": "code of the procedure for which the role asks",
        "fields": "the fields it may read",
        "legalGround": "the text of law that lets it",
    },
    "sla": {
        "dayKind": "`working` or `calendar` days",
    },
}
"""Where a property of ours may stand, its name, and what it says. Names are unique without
`vendor`, for version 3.1 of the standard knows no vendor."""


def ours(part: Part, where: str, mistakes: Mistakes) -> dict[str, Part]:
    """The values of our own properties at this part, by name; what others added is theirs."""
    known = PROPERTIES[where]
    found: dict[str, Part] = {}
    for one in part.at("customProperties"):
        name = one.text("property")
        if name in known:
            if name in found:
                mistakes.add(one, f"{name} stands here twice", f"{name} bị ghi hai lần")
            found[name] = one.at("value")
        elif one.text("vendor") == VENDOR or closest(name, known):
            mistakes.add(
                one,
                f"{name!r} is no property of ours at a {where}{closest(name, known)}",
                f"không có thuộc tính {name!r} ở đây, có: {', '.join(sorted(known))}",
            )
    return found


def label_en(part: Part) -> str:
    """The first English synonym of an object or field."""
    return next((s.text("synonym") for s in part.at("synonyms") if s.text("locale") == "en"), "")
