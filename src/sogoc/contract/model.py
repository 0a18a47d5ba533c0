"""A register as the stages see it: read from a contract file once, then only looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from sogoc.values.kinds import column_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.values.kinds import Kind


class Dimension(Enum):
    """The closed list of Open Data Contract Standard 3.2."""

    ACCURACY = "accuracy"
    COMPLETENESS = "completeness"
    COVERAGE = "coverage"
    UNIQUENESS = "uniqueness"
    CONFORMITY = "conformity"
    CONSISTENCY = "consistency"
    TIMELINESS = "timeliness"


class Criterion(Enum):
    """The criteria by which officers judge a register."""

    DUNG = "dung"
    """đúng: agrees with the legal root source."""
    DU = "du"
    """đủ: no required field missing, no object missing."""
    SACH = "sach"
    """sạch: no duplicates, no junk, format and codes as the dictionary says."""
    SONG = "song"
    """sống: life events applied, updated within the promised span."""
    THONG_NHAT = "thong-nhat"
    """thống nhất: same codes and structure across registers."""


class Severity(Enum):
    """How much a broken rule weighs for the officer."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class ErrorGroup(Enum):
    """The eight groups of errors (dispatch 4856/BCA-TTDLQG, second-hand)."""

    MISSING = 1
    OUT_OF_DOMAIN = 2
    DUPLICATE = 3
    FORMAT = 4
    REFERENCE = 5
    CONTRADICTION = 6
    STALE = 7
    ROOT_SOURCE = 8


class RuleForm(Enum):
    """How a rule is evaluated; the stages that run it differ."""

    ROW = "row"
    """`fail_when` looks at one standard record (check)."""
    UNIQUE = "unique"
    """`fields` together may occur once (check)."""
    REFERENCE = "reference"
    """`fields` must occur in `reference` (check)."""
    VERIFICATION = "verification"
    """`fail_when` reads `verification`, the outcome of linking (check, after link)."""
    COVERAGE = "coverage"
    """Objects by locality against an expected count: no record fails, a locality does."""
    NEAR_DUPLICATE = "near-duplicate"
    """The record is much like another; `alike` says how (check)."""


@dataclass(frozen=True, slots=True)
class Code:
    """One value of an enumeration, with the label that forms print."""

    value: str
    label: str
    label_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an object, under the name it has in tables."""

    name: str
    kind: Kind
    label: str = ""
    label_en: str = ""
    required: bool = False
    unique: bool = False
    key: int = 0
    """Position in the primary key, from 1; 0: no part of it."""
    critical: bool = False
    """An identity key, which must stand at 100 % (ODCS `criticalDataElement`)."""
    classification: str = ""
    codes: tuple[Code, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    as_of: str = ""
    """For localities: the field with the date at which a code was written; else `as_of_date`."""
    as_of_date: str = ""
    """For localities: ISO date at which all codes of this field were written, if promised."""
    score_by: bool = False
    """The axis of the scorecard; at most one field of an object."""
    synonyms: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()
    """For localities that a form gives in words: the text fields of the same object that name the
    unit, smallest first. Where nothing came for the field itself, *standardise* reads their
    texts, joined by a comma and a blank, and finds the unit by its names."""

    @property
    def type(self) -> str:
        """Type of the standard value, in DuckDB's words."""
        return column_type(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A foreign key. `register` is empty within the same contract."""

    register: str = ""
    object: str
    fields: tuple[str, ...]
    held_by: str = ""
    """`other-node`: never a join, answered by a round or the exchange."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`fields` of this object stand for a record of another, whoever holds it.

    One held on this node is a rule of its own as well; one held elsewhere is not, for it cannot
    be joined: linking answers it.
    """

    fields: tuple[str, ...]
    reference: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What makes two records near-duplicates: `same` equal, `alike` similar, within `metres`."""

    same: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    likeness: float = 0.85
    latitude: str = ""
    longitude: str = ""
    metres: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing a record must satisfy; those the contract implies stand here like written ones.

    `fail_when` is a DuckDB predicate over the standard record (fields by name, plus the columns
    of `tables.naming` such as `<field>__flaw`): true fails, false passes, NULL is not assessed.
    It may also call the functions of `contract.reading.predicates`, such as `earliest(born)` or
    `days_ago(30)`, which *check* expands.
    """

    code: str
    """Unique within the register, such as `quyen.so_dinh_danh.missing`."""
    name: str
    name_en: str = ""
    form: RuleForm = RuleForm.ROW
    dimension: Dimension
    criterion: Criterion
    severity: Severity = Severity.ERROR
    group: ErrorGroup
    fields: tuple[str, ...]
    """The fields it judges; the first is where the finding is shown."""
    fail_when: str = ""
    not_assessed_when: str = ""
    reference: Reference | None = None
    alike: Alike | None = None
    expected: str = ""
    """Coverage: `table.column` of expected counts, the table as `tables.naming.reference` names
    it; its column of localities is named like the rule's one field."""
    person: str = ""
    """Verification: the id of the person group it judges; empty: each of them."""
    owner: str = ""
    hint: str = ""
    hint_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person that a record names: which field holds what. Empty: not recorded."""

    id: str = "person"
    number: str = ""
    old_number: str = ""
    name: str = ""
    born: str = ""
    sex: str = ""
    commune: str = ""
    died: str = ""
    father: str = ""
    mother: str = ""
    spouse: str = ""
    """Names of the closest relatives."""
    father_number: str = ""
    mother_number: str = ""
    spouse_number: str = ""
    household: str = ""
    """The number of the residence file: members of one household bear one."""
    former: str = ""
    """The commune lived in before the last move."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """A promised span for a field that says when the record was last updated (slaProperties)."""

    field: str
    days: int
    working_days: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterObject:
    """One kind of record in a register: a table."""

    name: str
    label: str = ""
    label_en: str = ""
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    """All of them, implied ones first; the position is the bit in the findings."""
    persons: tuple[Person, ...] = ()
    identities: tuple[tuple[str, ...], ...] = ()
    """Sets of fields that name a record, best first: the primary key, then others. The first
    whose fields are all there is used; a record with none is named by its content."""
    search_by: tuple[tuple[str, ...], ...] = ()
    """Sets of fields by which others may search: a search names a value for each field of one."""
    true_from: str = ""
    """The field that says since when the record is true; empty: since the delivery."""
    link_to: str = "many-to-one"
    """`one-to-one` where a person may stand once in the object, else `many-to-one`."""
    hamlet: str = ""
    """The field by which a commune hands out its worklists."""
    hamlet_from: str = ""
    """The field with an address that names the hamlet where the form has no column for it."""
    references: tuple[ForeignKey, ...] = ()
    retention: str = ""
    """How long records are kept, such as `100 y`; empty: nothing promised."""
    classes: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """What the contract calls each field, such as sensitive: questions are held against it."""

    def __post_init__(self) -> None:
        told = {one.name: one.classification for one in self.fields}
        object.__setattr__(self, "classes", told)

    def field(self, name: str) -> Field:
        """The field of that name. Raises KeyError."""
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)

    @property
    def locality(self) -> Field | None:
        """The field by which records are scored by place."""
        return next((one for one in self.fields if one.score_by), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a column of a form goes."""

    object: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormColumn:
    """One column of a form: known by its header, by its position where headers differ."""

    header: str
    also: tuple[str, ...] = ()
    """Other wordings of the header."""
    position: int = 0
    """Column from 1 where the form fixes it; 0: found by its header."""
    targets: tuple[Target, ...] = ()
    """Empty: the column is known, and not taken (row numbers, notes)."""
    required: bool = False
    """A file without this column is not this form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Several persons in one cell: `columns`, divided in step, make records of `object`."""

    object: str
    columns: tuple[str, ...]
    """Headers of the form's columns."""
    separators: tuple[str, ...] = ("\n", ";", " và ", " - ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """When a row of the form makes a record of `object`; without one, every row does.

    Where one of the fields in `filled` holds something; or, if `unless` names any, where all of
    those are empty. So a row with an organisation and no person makes no right of a person, but a
    row with neither makes one, whose name is missing.
    """

    object: str
    filled: tuple[Target, ...] = ()
    unless: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One shape in which data comes."""

    id: str
    label: str = ""
    label_en: str = ""
    sheet: str = ""
    """Glob on the sheet's name; empty: every sheet whose header fits."""
    header_from: int = 0
    header_to: int = 0
    """Header rows where the form fixes them; 0: found."""
    columns: tuple[FormColumn, ...]
    splits: tuple[Split, ...] = ()
    collapse: tuple[str, ...] = ()
    """Objects whose records repeat over rows: identical repeats become one record."""
    constants: tuple[tuple[Target, str], ...] = ()
    """Values that hold for every record of the form, such as the kind of a list."""
    made: tuple[Made, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """A text of law on which the register stands."""

    kind: str
    url: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Who may do what with the register: the draft of a grant, never the grant itself."""

    name: str
    access: str = ""
    description: str = ""
    purpose: str = ""
    fields: tuple[str, ...] = ()
    legal_ground: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A named set of records with a contract and one keeper."""

    id: str
    name: str
    name_en: str = ""
    version: str
    keeper: str = ""
    status: str = "active"
    objects: tuple[RegisterObject, ...]
    forms: tuple[Form, ...] = ()
    freshness: tuple[tuple[str, Freshness], ...] = ()
    """(object, promise)."""
    is_population: bool = False
    """The register that persons are verified against."""
    purpose: str = ""
    checked_against_text: bool = False
    """Whether a person has compared the contract with the text of the law."""
    grounds: tuple[Ground, ...] = ()
    roles: tuple[Role, ...] = ()
    source: str = field(default="", compare=False)
    """Where the contract was read from, for messages."""

    def object(self, name: str) -> RegisterObject:
        """The object of that name. Raises KeyError."""
        for one in self.objects:
            if one.name == name:
                return one
        raise KeyError(name)
