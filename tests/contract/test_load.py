"""A contract's author sees every mistake at once, with its line, in the words of the file."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from sogoc.contract.load import load, load_text
from sogoc.contract.model import Criterion, ErrorGroup, Register, RuleForm
from sogoc.errors import ContractError
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
    [rule] = register.objects[0].rules
    assert rule.code == "nguoi.ten.missing"
    assert rule.criterion is Criterion.DU
    assert rule.group is ErrorGroup.MISSING
    assert rule.form is RuleForm.ROW
    assert rule.fail_when == '"ten" is null and "ten__flaw" is null'


def test_a_plain_string_is_text_and_one_with_an_enum_is_a_code() -> None:
    register = contract(
        of_fields(
            "name: a, logicalType: string",
            "name: b, logicalType: string, enum: [{value: x, label: X}]",
        )
    )
    assert [field.kind for field in register.objects[0].fields] == [Kind.TEXT, Kind.CODE]
