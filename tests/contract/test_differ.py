"""What a new version of a contract breaks, and the version number it must then bear."""

from __future__ import annotations

from pathlib import Path

import pytest

from sogoc.contract.differ import Weight, differences, steps_enough, version_demanded
from sogoc.contract.load import load_text
from sogoc.contract.model import Register

OLD = """\
apiVersion: v3.2.0
kind: DataContract
id: thu
name: Thử
version: 1.2.3
schema:
  - name: nguoi
    properties:
      - {name: so, businessName: Số, logicalType: integer, primaryKey: true,
         logicalTypeOptions: {minimum: 1, maximum: 100}}
      - {name: ten, businessName: Tên, logicalType: string}
      - {name: loai, businessName: Loại, logicalType: string,
         enum: [{value: a, label: A}, {value: b, label: B}]}
    quality:
      - {id: so-chan, name: Số chẵn, type: custom, engine: sogoc, dimension: conformity,
         implementation: {fail_when: so > 50}}
"""


def register(text: str) -> Register:
    return load_text(text, Path("thu.odcs.yaml"))


def weights(before: str, after: str) -> dict[str, Weight]:
    assert before in OLD
    changes = differences(register(OLD), register(OLD.replace(before, after)))
    return {change.where: change.weight for change in changes}


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("name: ten, businessName: Tên", "name: ho_ten, businessName: Tên", "nguoi.ten"),
        ("businessName: Tên, logicalType: string", "businessName: Tên, logicalType: date", None),
        ("businessName: Tên,", "businessName: Tên, required: true,", "nguoi.ten"),
        ("businessName: Tên,", "businessName: Tên, unique: true,", "nguoi.ten"),
        ("maximum: 100", "maximum: 99", "nguoi.so"),
        ("minimum: 1,", "minimum: 2,", "nguoi.so"),
        (", {value: b, label: B}", "", "nguoi.loai"),
        ("so > 50", "so > 40", "nguoi.so-chan"),
        ("primaryKey: true", "primaryKey: false", "nguoi"),
    ],
)
def test_what_narrows_breaks(before: str, after: str, where: str | None) -> None:
    found = weights(before, after)
    assert found[where or "nguoi.ten"] is Weight.BREAKING


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("maximum: 100", "maximum: 101", "nguoi.so"),
        ("minimum: 1, ", "", "nguoi.so"),
        ("{value: b, label: B}", "{value: b, label: B}, {value: c, label: C}", "nguoi.loai"),
    ],
)
def test_what_widens_is_compatible(before: str, after: str, where: str) -> None:
    assert weights(before, after) == {where: Weight.COMPATIBLE}


def test_new_words_are_words() -> None:
    assert weights("label: B", "label: Bê") == {"nguoi.loai": Weight.WORDS}
    assert weights("name: Thử", "name: Thử nghiệm") == {"thu": Weight.WORDS}


def test_a_field_that_only_changed_its_name_is_said_to_be_renamed() -> None:
    changes = differences(register(OLD), register(OLD.replace("name: ten,", "name: ho_ten,")))
    assert "seems renamed to ho_ten" in [change.said.en for change in changes]


@pytest.mark.parametrize(
    ("before", "after", "version"),
    [
        ("maximum: 100", "maximum: 99", "2.0.0"),
        ("maximum: 100", "maximum: 101", "1.3.0"),
        ("label: B", "label: Bê", "1.2.4"),
        ("label: B", "label: B", "1.2.3"),
    ],
)
def test_the_version_must_step_as_the_changes_demand(before: str, after: str, version: str) -> None:
    old, new = register(OLD), register(OLD.replace(before, after))
    assert version_demanded(old, differences(old, new)) == version
    assert steps_enough(old, new) is (version == "1.2.3")
    risen = OLD.replace(before, after).replace("1.2.3", version)
    assert steps_enough(old, register(risen))
