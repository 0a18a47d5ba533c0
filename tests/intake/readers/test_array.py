"""A JSON array of objects is read like JSON lines, piece by piece."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sogoc.errors import DeliveryRefused, Place
from sogoc.intake.readers import array
from sogoc.intake.readers.array import elements

PLACE = Place(file="a.json")


def written(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
@pytest.mark.parametrize("indent", [None, 1])
def test_each_object_is_told_with_its_line(
    *, tmp_path: Path, piece: int, indent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(array, "PIECE", piece)
    objects = [{"tờ": 3, "thửa": "[7, {8}]"}, {}, {"tờ": 1.50}]
    file = written(tmp_path / "a.json", " \n" + json.dumps(objects, indent=indent))
    told = list(elements(file, PLACE))
    assert [row for _, row in told] == [{"tờ": "3", "thửa": "[7, {8}]"}, {}, {"tờ": "1.5"}]
    assert [line for line, _ in told] == ([2, 2, 2] if indent is None else [3, 7, 8])


def test_an_empty_array_has_no_objects(tmp_path: Path) -> None:
    assert list(elements(written(tmp_path / "a.json", "[ ]"), PLACE)) == []


@pytest.mark.parametrize("text", ['[{"a": 1},\n 2]', '[{"a": 1},\n {"b": ', '[{"a": 1},\n'])
def test_what_is_no_object_or_never_ends_is_refused_with_its_line(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(DeliveryRefused, match="row 2: this is not one whole JSON object"):
        list(elements(written(tmp_path / "a.json", text), PLACE))
