"""The page about contracts says what the code reads: no property, function or kind is missing."""

from __future__ import annotations

import re
from pathlib import Path

from sogoc.contract.load import load_text
from sogoc.contract.reading.fields import PERSON_KINDS, camel
from sogoc.contract.reading.forms import FORM_KEYS
from sogoc.contract.reading.implied import CRITERION_OF
from sogoc.contract.reading.own import PROPERTIES
from sogoc.contract.reading.predicates import OWN_FUNCTIONS, SQL_FUNCTIONS
from sogoc.values.kinds import Kind

PAGE = (Path(__file__).parents[2] / "docs/reference/contracts.md").read_text(encoding="utf-8")


def rows_of(title: str) -> list[list[str]]:
    """The cells of the table that follows a title."""
    part = PAGE.split(title, 1)[1]
    table = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE)
    assert table
    lines = table[0].strip().splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def words_of(title: str) -> list[str]:
    """What stands in back-quotes in the paragraph that follows a title."""
    return re.findall("`([^`]+)`", PAGE.split(title, 1)[1].split("\n\n", 1)[0].split("Without")[0])


def test_the_properties_we_add_are_those_of_the_page() -> None:
    told = [(where, name.strip("`"), said) for where, name, said in rows_of("## Properties we add")]
    assert told == [
        (where, name, said)
        for where, properties in PROPERTIES.items()
        for name, said in properties.items()
    ]


def test_the_functions_of_conditions_are_those_of_the_page() -> None:
    told = {name.strip("`"): said for name, said in rows_of("**Functions of ours**")}
    assert told == OWN_FUNCTIONS
    assert words_of("**Functions of SQL**") == list(SQL_FUNCTIONS)


def test_the_kinds_are_those_of_the_page() -> None:
    kinds = [word for word in words_of("**Kinds**") if word != "sogocKind"]
    assert kinds == [kind.value for kind in Kind]


def test_the_parts_of_a_person_are_those_of_the_page() -> None:
    told = [word for word in words_of("**`person`**") if word != "person"]
    assert told == [camel(name) for name in PERSON_KINDS]


def test_the_keys_of_a_form_are_those_of_the_page() -> None:
    told = {key for row in rows_of("## Forms") for key in re.findall("`(\\w+)`", row[0])}
    assert told == FORM_KEYS


def test_the_criteria_of_dimensions_are_those_of_the_page() -> None:
    told = {row[0].strip("`"): row[1] for row in rows_of("## Dimensions, criteria and groups")}
    assert told.keys() == {dimension.value for dimension in CRITERION_OF}
    for dimension, criterion in CRITERION_OF.items():
        assert f"`{criterion.value}`" in told[dimension.value]


def test_the_example_of_the_page_loads() -> None:
    example = re.search("```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example
    register = load_text(example[1], Path("example.odcs.yaml"))
    assert register.objects[0].rules[-1].code == "nguoi.sinh-sau-hom-nay"
