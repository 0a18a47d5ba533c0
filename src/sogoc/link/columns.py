"""The columns that a linking policy may name, and the names of the tables of linking."""

from __future__ import annotations

PERSON_COLUMNS: dict[str, str] = {
    "person": "ordinal in the population, by date of birth, folded name and number",
    "number": "12-digit personal number",
    "old_number": "9-digit number of the old card",
    "canonical": "name in lower case, canonical spelling, marks kept",
    "folded": "the same without marks",
    "surname": "first part of the folded name",
    "middle": "the parts between, joined by a blank; NULL if none",
    "core": "the middle without “thi” and “van”; empty if none",
    "given": "last part of the folded name",
    "born": "date of birth with precision: `1931`, `1931-05` or `1931-05-02`",
    "year": "year of birth",
    "sex": "`nam` or `nữ`",
    "commune": "commune of today; NULL where it was divided",
    "province": "province of today",
    "place": "commune, else province",
    "died": "date of death with precision as text; NULL: not recorded",
    "father": "father's name, folded",
    "mother": "mother's name, folded",
    "spouse": "spouse's name, folded",
}
"""Columns of the table `population`, one row a person."""

ASKED_COLUMNS: dict[str, str] = {
    "asked": "number of the person asked for: record and which of its persons",
    "_row": "the record's ordinal",
    "who": "id of the person group in the contract",
    "number": "12-digit personal number, if one could be read",
    "number_text": "the same, or the digits that were written instead of one (11 to 13 of them)",
    "number_proposal": "the number that standardising proposes for what was written",
    "old_number": "9-digit number, also where one stands in the field of the 12-digit number",
    "canonical": "as in the population",
    "folded": "as in the population",
    "surname": "as in the population",
    "middle": "as in the population",
    "core": "as in the population",
    "given": "as in the population",
    "turned": "the folded name with its first part moved to the end",
    "born": "as in the population",
    "year": "year of birth",
    "swapped": "date of birth with day and month exchanged; NULL where that is no other date",
    "sex": "as in the population",
    "commune": "commune of today; NULL where several are possible",
    "communes": "today's possible communes, a blank before and after each; NULL if none",
    "province": "province of today",
    "place": "commune, else the possible ones",
    "died": "whether the record itself tells of the death: its date, else NULL",
    "father": "father's name, folded",
    "mother": "mother's name, folded",
    "spouse": "spouse's name, folded",
    "bearers": "persons of the population with this folded name",
    "written_bearers": "of these, with the same marks",
    "turned_bearers": "persons of the population with the turned name",
    "kin_bearers": "persons of the population with this surname and given name",
    "born_bearers": "persons of the population born on this very date",
    "year_bearers": "persons of the population born in this year",
    "commune_bearers": "persons of the population in this commune",
    "province_bearers": "persons of the population in this province",
    "sex_share": "share of this sex among the bearers of the name, at least half a person",
    "name_level": "level of the comparison `name`, once it is known",
}
"""Columns of the table `link_asked__<object>`, one row a person of a record."""

TOTAL_COLUMNS: dict[str, str] = {"persons": "persons in the population"}
"""Columns of the table `population_totals`, one row."""

NAMES = "population_names"
"""Distinct names as written: `written`, `canonical`, `folded`, `surname`, `middle`, `core`,
`given`, `bearers`."""

FOLDED = "population_folded"
"""Distinct folded names: `folded`, `bearers`, `women`, `sexed` (bearers whose sex is known)."""

CANONICAL = "population_canonical"
"""Distinct canonical names: `canonical`, `bearers`."""

KIN = "population_kin"
"""Distinct pairs: `surname`, `given`, `bearers`."""

BORN = "population_born"
"""Distinct dates and years of birth: `born` (a year stands as `1931`), `bearers`. A year's
count holds everybody born in it, whatever the precision."""

PLACES = "population_places"
"""Distinct communes and provinces of today: `place`, `bearers`."""

TOTALS = "population_totals"

POPULATION_TABLES = (NAMES, FOLDED, CANONICAL, KIN, BORN, PLACES, TOTALS)


def asked(name: str) -> str:
    """Persons to look for, one row each."""
    return f"link_asked__{name}"


def judged(name: str) -> str:
    """What officers decided: `asked`, `number`, `decision` (`same`, `other`, `absent`)."""
    return f"link_judged__{name}"


def judgements(name: str) -> str:
    """What the node knows of officers' decisions: `_row`, `person`, `number`, `decision`."""
    return f"judgements__{name}"


def exact(name: str) -> str:
    """Levels of pairs with one number, from which chances are measured."""
    return f"link_exact__{name}"


def chances(name: str) -> str:
    """One row: the chance m of each level, measured and blended with the policy's."""
    return f"link_chances__{name}"


def scored(name: str, stage: int) -> str:
    """Pairs of one stage: `asked`, `person`, `<comparison>_level` for each, `weight` in bits."""
    return f"link_scored_{stage}__{name}"


def settled(name: str, stage: int) -> str:
    """Persons who need no further stage: `asked`."""
    return f"link_settled_{stage}__{name}"


def candidates(name: str) -> str:
    """All pairs of all stages with `posterior` and `place` (1: best)."""
    return f"link_candidates__{name}"


def answers(name: str) -> str:
    """One row a person asked for: the best candidate, the number's bearer, what both weigh."""
    return f"link_answers__{name}"
