"""A contract's author sees every mistake at once, with its line, in the words of the file."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from sogoc.contract.load import load, load_text
from sogoc.contract.model import Criterion, ErrorGroup, Register, RuleForm
from sogoc.errors import ContractError
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.values.kinds import Kind

HEAD = """\
apiVersion: v3.2.0
kind: DataContract
id: thu
version: 1.0.0
status: draft
"""


def contract(body: str) -> Register:
    return load_text(HEAD + dedent(body), Path("thu.odcs.yaml"))


def mistakes(body: str) -> list[str]:
    with pytest.raises(ContractError) as refused:
        contract(body)
    return refused.value.mistakes


def of_fields(*fields: str) -> str:
    listed = "".join(f"      - {{{field}}}\n" for field in fields)
    return f"schema:\n  - name: nguoi\n    properties:\n{listed}"


def test_a_file_that_is_no_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.odcs.yaml"
    path.write_text("id: [1\nname: x: y\n", encoding="utf-8")
    with pytest.raises(ContractError, match="line 2: this is not YAML"):
        load(path)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    told = mistakes("""\
        schema:
          - name: nguoi
            properties:
              - {name: ho_ten, logicalType: string, reqquired: true}
              - name: so
                logicalType: string
                customProperties: [{property: sogocKind, value: personal-idd, vendor: sogoc}]
              - {name: ten, logicalType: string, logicalTypeOptions: {pattern: "^(["}}
        """)
    assert [one.split(":")[0] for one in told] == ["line 9", "line 12", "line 13"]
    assert "unknown key 'reqquired', did you mean 'required'?" in told[0]
    assert "unknown kind 'personal-idd', did you mean 'personal-id'?" in told[1]
    assert "does not compile" in told[2]


def test_each_mistake_is_told_in_vietnamese_too() -> None:
    [told] = mistakes(of_fields("name: ho_ten, logicalType: string, reqquired: true"))
    assert told.endswith("/ không có khóa 'reqquired'")


def test_a_required_field_is_a_rule_of_completeness() -> None:
    register = contract(of_fields("name: ten, logicalType: string, required: true"))
    rule = register.objects[0].rules[0]
    assert rule.code == "nguoi.ten.missing"
    assert rule.criterion is Criterion.DU
    assert rule.group is ErrorGroup.MISSING
    assert rule.form is RuleForm.ROW


def test_a_plain_string_is_text_and_one_with_an_enum_is_a_code() -> None:
    register = contract(
        of_fields(
            "name: a, logicalType: string",
            "name: b, logicalType: string, enum: [{value: x, label: X}]",
        )
    )
    assert [field.kind for field in register.objects[0].fields] == [Kind.TEXT, Kind.CODE]


def rule(how: str, more: str = "dimension: conformity") -> str:
    """A contract with a date of birth, a name, a day, a code list and one written rule."""
    return f"""\
schema:
  - name: nguoi
    properties:
      - name: sinh
        logicalType: string
        customProperties: [{{property: sogocKind, value: date-with-precision, vendor: sogoc}}]
      - {{name: ten, logicalType: string}}
      - {{name: ngay, logicalType: date}}
      - {{name: so, logicalType: integer}}
    quality:
      - {{id: thu, type: custom, engine: sogoc, {more}, implementation: {how}}}
"""


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("so >", "the condition does not parse"),
        ("soo > 3", "unknown field 'soo', did you mean 'so'?"),
        ("nguoi.so > 3", "unknown field 'nguoi.so'"),
        ("md5(ten) = 'x'", "function 'md5' is not allowed"),
        ("earlyest(sinh) > ngay", "function 'earlyest' is not allowed, did you mean 'earliest'?"),
        ("count(*) > 3", "looks at more than one record"),
        ("so > (select max(x) from t)", "looks at more than one record"),
        ("so > 3; drop table x", "this must be one condition"),
        ("so + 3", "this is a value, not a condition"),
        ("ten is null", "only rules of completeness may ask"),
        ("so > 3 or ten is not null", "only rules of completeness may ask"),
        ("coalesce(so, 0) > 3", "gives an answer for an empty field"),
        ("case when so > 3 then true else false end", "function 'case' is not allowed"),
        ("greatest(so, 3) > 4", "function 'greatest' is not allowed"),
        ("sinh < ngay", "'sinh' may be a year only: compare earliest() or latest()"),
        ("regexp_matches(ten, '(?=x)')", "looks around or refers back, which RE2 cannot"),
        ("regexp_matches(ten, '([')", "does not compile"),
        ("verification = 'differs'", "'verification' needs a person in the object"),
        ("current_timestamp > ngay", "is not allowed"),
        ("year_of(today()) > 3", "year_of() reads one field of kind date"),
        ("sex_of(ten) = 'nam'", "sex_of() reads one field of kind personal-id"),
    ],
)
def test_a_condition_that_cannot_be_trusted_is_refused(condition: str, said: str) -> None:
    told = mistakes(rule(f'{{fail_when: "{condition}"}}'))
    assert any(said in one for one in told), told


def test_a_rule_of_completeness_may_ask_whether_something_is_written() -> None:
    how = '{fail_when: "so > 3 and ten is null"}'
    register = contract(rule(how, "dimension: completeness"))
    written = register.objects[0].rules[-1]
    assert written.code == "nguoi.thu"
    assert "ten__flaw" in written.fail_when


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (rule("{fail_when: so > 3}", "severity: error"), "has no dimension"),
        (rule("{fail_when: so > 3}", "dimension: dung"), "dimension 'dung' is not one of"),
        (rule("{fail_when: so > 3}", "dimension: accuracy, severity: bad"), "severity 'bad'"),
        (rule("{fails_when: so > 3}"), "unknown key 'fails_when', did you mean 'fail_when'?"),
        (rule("{fail_when: so > 3, expected_count: a.b}"), "needs one of fail_when"),
        (rule("{expected_count: nguoi.so, by: [ma_xa]}"), "'by' must name one field"),
        (rule("{expected_count: nowhere.so, by: [so]}"), "there is no object 'nowhere'"),
        (rule("{near_duplicate: {alike: [teen]}}"), "unknown field 'teen', did you mean 'ten'?"),
        (rule("{near_duplicate: {alike: [ten], metres: 5}}"), "'metres' needs latitude"),
        (rule("x").replace("engine: sogoc", "engine: soda"), "names no record"),
        (rule("x").replace("type: custom", "type: sql, query: select 1"), "names no record"),
    ],
)
def test_a_rule_that_names_no_record_or_no_measure_is_refused(text: str, said: str) -> None:
    told = mistakes(text)
    assert any(said in one for one in told), told


LAND = of_fields(
    "name: ma_xa, logicalType: string, customProperties: "
    "[{property: sogocKind, value: commune-code, vendor: sogoc},"
    " {property: scoreBy, value: locality, vendor: sogoc}]",
    "name: ten, logicalType: string",
)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("name: ten", "name: ma_xa", "name 'ma_xa' stands twice"),
        ("name: ten", "name: Tên", "must be small letters"),
        ("name: ten", "name: ten__flaw", "single underlines"),
        ("logicalType: string}", "logicalType: array}", "cannot be kept, flatten it"),
        ("value: locality", "value: place", "scoreBy must be 'locality'"),
        ("property: scoreBy, value: locality", "property: asOf, value: ngay", "field 'ngay'"),
        ("property: scoreBy, value: locality", "property: asOf, value: ten", "'ten' is no date"),
        ("property: scoreBy, value: locality", "property: asOfDate, value: 1/7/2025", "no day"),
        ("property: scoreBy", "property: scoredBy", "did you mean 'scoreBy'?"),
        ("commune-code", "date", "needs logicalType 'date'"),
        ("commune-code", "code", "kind 'code' needs an enum"),
        ("name: ten,", "name: ten, relationships: [{to: thua.so}],", "no object 'thua'"),
        ("name: ten,", "name: ten, relationships: [{to: nguoi.teen}],", "no field 'teen'"),
        (
            "name: ten,",
            "name: ten, relationships: [{to: 'x.odcs.yaml#/schema/a/properties/b'}],",
            "there is no contract 'x.odcs.yaml'",
        ),
        ("logicalType: string}", "logicalType: string, primaryKey: true, primaryKeyPosition: 2}",
         "primaryKeyPosition must count"),
        ("logicalType: string}", ("logicalType: string, logicalTypeOptions: {minLength: 5, "
         "maxLength: 3}}"), "minLength 5 is above maxLength 3"),
        ("logicalType: string}", "logicalType: date, logicalTypeOptions: {pattern: x}}",
         "'pattern' does not go with this type"),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_understood_is_refused(before: str, after: str, said: str) -> None:
    assert before in LAND
    told = mistakes(LAND.replace(before, after))
    assert any(said in one for one in told), told


def test_two_fields_cannot_both_be_the_axis_of_the_scorecard() -> None:
    told = mistakes(of_fields(*[
        f"name: {name}, logicalType: string, customProperties: "
        "[{property: sogocKind, value: commune-code, vendor: sogoc},"
        " {property: scoreBy, value: locality, vendor: sogoc}]"
        for name in ("o_dau", "den_dau")
    ]))  # fmt: skip
    assert "two fields have scoreBy: o_dau, den_dau; keep one" in told[0]


FORM = """\
customProperties:
  - property: forms
    vendor: sogoc
    value:
      - id: a
        headerRows: [1, 2]
        columns: [{header: Xã, to: [nguoi.ma_xa]}, {header: Tên, to: [nguoi.ten]}]
        split: [{object: nguoi, columns: [Tên]}]
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("nguoi.ten]", "nguoi.teen]", "unknown field 'nguoi.teen', did you mean 'ten'?"),
        ("nguoi.ten]", "nguoii.ten]", "no object 'nguoii', did you mean 'nguoi'?"),
        ("nguoi.ten]", "nguoi.ma_xa]", "two columns go to nguoi.ma_xa"),
        ("columns: [Tên]", "columns: [Teen]", "no column 'Teen' goes to 'nguoi'"),
        ("[1, 2]", "[2, 1]", "headerRows must be two row numbers"),
        ("header: Tên", "header: Xã", "header 'Xã' stands twice"),
        ("header: Tên", "header: Tên, also: [xã]", "two columns answer to the header 'xã'"),
        ("split", "splits", "unknown key 'splits', did you mean 'split'?"),
    ],
)
def test_a_form_that_leads_nowhere_is_refused(before: str, after: str, said: str) -> None:
    assert before in FORM
    told = mistakes(LAND + FORM.replace(before, after))
    assert any(said in one for one in told), told


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("{name: ten}", "must be person-name"),
        ("{number: ma_xa}", "must be personal-id"),
        ("{namee: ten}", "a person has no 'namee', did you mean 'name'?"),
        ("{name: teen}", "unknown field 'teen'"),
        ("{commune: ma_xa}", "a person needs a number or a name"),
    ],
)
def test_a_person_made_of_the_wrong_fields_is_refused(person: str, said: str) -> None:
    own = f"    customProperties: [{{property: person, value: {person}, vendor: sogoc}}]\n"
    told = mistakes(LAND + own)
    assert any(said in one for one in told), told


def test_a_key_that_stands_twice_is_a_mistake_where_yaml_would_take_the_last() -> None:
    [told] = mistakes("name: a\nname: b\n" + LAND)
    assert told.startswith("line 7: 'name' stands here twice")


def test_what_other_vendors_added_is_left_alone() -> None:
    other = "customProperties: [{property: somethingElse, value: 1, vendor: zeenea}]\n"
    assert contract(LAND + other).id == "thu"


@pytest.mark.parametrize(
    ("more", "flaw", "broken"),
    [
        ("required: true", "'filler'", ["nguoi.ten.missing"]),
        ("required: true", "null", ["nguoi.ten.missing"]),
        ("required: true", "'error-cell'", ["nguoi.ten.unreadable"]),
        ("required: false", "'filler'", ["nguoi.ten.unreadable"]),
        ("required: false", "null", []),
    ],
)
def test_a_filler_is_missing_where_a_value_must_stand_and_junk_elsewhere(
    more: str, flaw: str, broken: list[str], *, tmp_path: Path
) -> None:
    register = contract(of_fields(f"name: ten, logicalType: string, {more}"))
    record = f"select cast(null as varchar) as ten, cast({flaw} as varchar) as ten__flaw"
    with DuckDBEngine(tmp_path) as duck:
        found = [
            rule.code
            for rule in register.objects[0].rules
            if duck.rows(f"select ({rule.fail_when}) is true from ({record})") == [(True,)]
        ]
    assert found == broken
