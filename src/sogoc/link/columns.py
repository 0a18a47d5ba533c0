"""The columns that a linking policy may name, and the tables of linking.

Everything that is compared is an integer: names and places stand as ids of dictionaries, a number
as the integer of its digits, a date as yyyymmdd with 00 for a part that is not known. Ids count
from 0 without gaps, each dictionary is sorted by its id. Texts stay in the dictionaries and are
read last, for the few persons who are meant.

| table | columns |
|---|---|
| `population` | `PERSON_COLUMNS`; sorted by `person` |
| `link_tokens` | `token`, `text`: surnames, middles, cores and given names, by text |
| `link_folded` | `folded`, `text`, `surname` to `given`, `bearers`, `women`, `sexed` |
| `link_names` | `written`, `text`, `folded`, `bearers`: names in canonical spelling |
| `link_places` | `place`, `code`, `parent` (the province), `bearers`, `formers` (moved away) |
| `link_kin` | `surname`, `given`, `bearers` |
| `link_born` | `born` (a year stands as yyyy0000 and counts all born in it), `bearers` |
| `link_cohorts` | `middle`, `given`, `decade` of birth, `bearers`; -1: of all; no middle: -2 |
| `link_regions` | `surname`, `given`, `province`, `bearers` |
| `link_totals` | `persons`, `formers` (persons of whom a former place is known) |

Names that only a relative bears stand in the dictionaries with no bearers. `link_spellings`,
`link_parts`, `link_spelled`, `link_homes` and `link_former_homes` serve only while the others are
made.
"""

from __future__ import annotations

PERSON_COLUMNS: dict[str, str] = {
    "person": "ordinal in the population from 0, by date of birth, folded name and number",
    "number": "12-digit personal number, as an integer",
    "old_number": "9-digit number of the old card, as an integer",
    "written": "name in canonical spelling, marks kept: id in `link_names`",
    "folded": "the same without marks: id in `link_folded`, by given, surname, middle",
    "surname": "first part of the folded name: id in `link_tokens`",
    "middle": "the parts between, joined by a blank; NULL if none",
    "core": "the middle without “thi” and “van”; the id of the empty text if none",
    "given": "last part of the folded name",
    "born": "date of birth: yyyymmdd, 00 for month or day that is not known",
    "year": "year of birth",
    "sex": "1 `nam`, 2 `nữ`",
    "commune": "commune of today; NULL where it was divided: id in `link_places`",
    "province": "province of today; a place that is no unit is its own province",
    "died": "date of death as yyyymmdd; NULL: not recorded",
    "father": "father's name, folded",
    "mother": "mother's name, folded",
    "spouse": "spouse's name, folded",
    "household": "number of the residence file, below 2^31",
    "former": "commune of today where the place lived in before lies; NULL where it was divided",
}
"""Columns of the table `population`, one row a person."""

PERSON_TEXTS: dict[str, str] = {
    "folded_text": "the folded name",
    "number_text": "the 12 digits",
    "old_number_text": "the 9 digits",
}
"""What a predicate may read of a person beside the columns: no column holds it."""

ASKED_COLUMNS: dict[str, str] = {
    "asked": "number of the person asked for: record and which of its persons",
    "_row": "the record's ordinal",
    "who": "id of the person group in the contract",
    "number": "12-digit personal number, if one could be read",
    "number_text": "the same, or the digits that were written instead of one (11 to 13 of them)",
    "number_proposal": "the number that standardising proposes for what was written",
    "old_number": "9-digit number, also where one stands in the field of the 12-digit number",
    "old_number_text": "the same as text",
    "folded_text": "the folded name as text",
    "marked": "whether the name was written with marks",
    "written": "as in the population; this and the other ids are -1 for what nobody there bears",
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
    "communes": "today's possible communes, a blank before and after each id; NULL if none",
    "province": "province of today",
    "place": "the commune; -1 where several are possible",
    "died": "date of death, where the record itself tells of it",
    "father": "father's name, folded",
    "mother": "mother's name, folded",
    "spouse": "spouse's name, folded",
    "household": "as in the population",
    "former": "commune of today where the place lived in before lies",
    "bearers": "persons of the population with this folded name",
    "written_bearers": "of these, with the same marks",
    "turned_bearers": "persons of the population with the turned name",
    "kin_bearers": "persons of the population with this surname and given name",
    "born_bearers": "persons of the population born on this very date",
    "year_bearers": "persons of the population born in this year",
    "commune_bearers": "persons of the population in this commune",
    "commune_formers": "persons of the population who lived in this commune before",
    "former_formers": "persons of the population who lived in the former commune before",
    "province_bearers": "persons of the population in this province",
    "father_bearers": "persons of the population with the father's name",
    "mother_bearers": "persons of the population with the mother's name",
    "spouse_bearers": "persons of the population with the spouse's name",
    "cohort": "how often the middle and given names are born in that decade, against all names",
    "region": "how often surname and given name live in that province, against all names",
    "sex_share": "share of this sex among the bearers of the name, at least half a person",
    "name_level": "level of the comparison `name`, once it is known",
}
"""Columns of the table `link_asked__<object>`, one row a person of a record.

Beside them stands `u_<comparison>_<level>` for each level whose u depends on the record, in
thousandths of a bit, and `unseen`, what a bearer weighs beyond the name whom no block brought up.
"""

TOTAL_COLUMNS: dict[str, str] = {
    "persons": "persons in the population",
    "formers": "persons of whom the population register tells a former place",
}
"""Columns of the table `link_totals`, one row."""

SPELLINGS = "link_spellings"
PARTS = "link_parts"
TOKENS = "link_tokens"
FOLDED = "link_folded"
NAMES = "link_names"
SPELLED = "link_spelled"
HOMES = "link_homes"
FORMER_HOMES = "link_former_homes"
PLACES = "link_places"
KIN = "link_kin"
BORN = "link_born"
COHORTS = "link_cohorts"
REGIONS = "link_regions"
TOTALS = "link_totals"

POPULATION_TABLES = (TOKENS, FOLDED, NAMES, PLACES, KIN, BORN, COHORTS, REGIONS, TOTALS)
"""What linking reads beside `population`."""


def asked(name: str) -> str:
    """Persons to look for, one row each."""
    return f"link_asked__{name}"


def judged(name: str) -> str:
    """What officers decided: `asked`, `number`, `decision` (`same`, `other`, `absent`)."""
    return f"link_judged__{name}"


def judgements(name: str) -> str:
    """What the node knows of officers' decisions: `_row`, `person`, `number`, `decision`."""
    return f"judgements__{name}"


def first(name: str) -> str:
    """Levels of the pairs of the first stage: `asked`, `person`, `<comparison>_level` for each."""
    return f"link_first__{name}"


def exact(name: str) -> str:
    """Those with one number, on which chances are measured."""
    return f"link_exact__{name}"


def chances(name: str) -> str:
    """One row: the chance `m_<comparison>_<level>` of each level that is measured, and weights.

    `w_<comparison>_<level>`: the same in thousandths of a bit. `absent` and `cap`: what being
    absent weighs, and the most that a pair may.
    """
    return f"link_chances__{name}"


def pairs(name: str, stage: int) -> str:
    """Pairs that the blocks of one stage bring up: `asked`, `person`, each once."""
    return f"link_pairs_{stage}__{name}"


def scored(name: str, stage: int) -> str:
    """Pairs of one stage: `asked`, `person`, `<comparison>_level` for each, `weight`."""
    return f"link_scored_{stage}__{name}"


def settled(name: str, stage: int) -> str:
    """Persons who need no further stage: `asked`."""
    return f"link_settled_{stage}__{name}"


def candidates(name: str) -> str:
    """The best pairs of all stages and all bearers of the number, with their place (1: best).

    | column | what it holds |
    |---|---|
    | `asked`, `person`, `place`, `confirmed` | the pair; 1 where an officer confirmed it |
    | `<comparison>_level` | level of each comparison, 0 where a value is missing |
    | `weight`, `next_weight` | thousandths of a bit, of this pair and of the next place |
    | `mass` | 2^30 times 2^(weight - top), rounded down |
    | `seen`, `unseen`, `absent` | the sum of masses of all pairs, also of those not kept; the mass of bearers of the name whom no block brought up; the mass of being absent |
    | `namesakes`, `bearers`, `rivals` | pairs with the name; with the number; with name and date but another number |
    """  # noqa: E501 - a row of a table is one line
    return f"link_candidates__{name}"


def mutual(name: str) -> str:
    """The same where a person may stand once in the object: masses after all claims are weighed."""
    return f"link_mutual__{name}"


def answers(name: str) -> str:
    """One row a person asked for: the best candidate, the number's bearer, what both weigh."""
    return f"link_answers__{name}"
