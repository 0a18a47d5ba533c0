"""A small register of land as the tests know it, and an engine in an empty folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sogoc.contract.model import Field, Form, FormColumn, Register, RegisterObject, Split, Target
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.values.kinds import Kind


def to(object_: str, field: str) -> tuple[Target, ...]:
    return (Target(object=object_, field=field),)


@pytest.fixture
def land() -> Register:
    right = RegisterObject(
        name="right",
        fields=(
            Field(name="owner", kind=Kind.PERSON_NAME, label="Họ và tên"),
            Field(name="number", kind=Kind.PERSONAL_ID, label="Số định danh", synonyms=("CCCD",)),
            Field(name="address", kind=Kind.ADDRESS, label="Địa chỉ thường trú"),
        ),
    )
    parcel = RegisterObject(
        name="parcel",
        fields=(
            Field(name="sheet", kind=Kind.MAP_SHEET, label="Tờ bản đồ", required=True),
            Field(name="parcel", kind=Kind.PARCEL_NUMBER, label="Thửa đất", required=True),
            Field(name="area", kind=Kind.AREA, label="Diện tích", label_en="Area"),
        ),
    )
    form = Form(
        id="PL3",
        columns=(
            FormColumn(header="STT", position=1),
            FormColumn(header="Họ và tên", position=2, targets=to("right", "owner"), required=True),
            FormColumn(header="Số CCCD", position=3, targets=to("right", "number")),
            FormColumn(header="Địa chỉ", position=4, targets=to("right", "address")),
            FormColumn(header="Tờ bản đồ", position=5, targets=to("parcel", "sheet")),
            FormColumn(header="Thửa đất số", position=6, targets=to("parcel", "parcel")),
            FormColumn(header="Diện tích (m2)", position=7, targets=to("parcel", "area")),
        ),
        splits=(Split(object="right", columns=("Họ và tên", "Số CCCD", "Địa chỉ")),),
        collapse=("parcel",),
    )
    return Register(id="land", name="Đất", version="1", objects=(right, parcel), forms=(form,))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path / "tables") as engine:
        yield engine
