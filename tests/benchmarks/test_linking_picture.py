"""The picture of linking shows what was recorded, and says of what did not end that it did not."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def picture() -> ModuleType:
    file = Path(__file__).parents[2] / "benchmarks" / "linking_picture.py"
    spec = importlib.util.spec_from_file_location("linking_picture", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_that_of_the_recorded_results(picture: ModuleType) -> None:
    recorded = json.loads(picture.RESULTS.read_text(encoding="utf-8"))["results"]
    assert picture.PICTURE.read_text(encoding="utf-8") == picture.drawn(recorded)


def test_a_bar_that_did_not_end_is_told_as_a_bound(picture: ModuleType) -> None:
    ended = {"ours": {"link": {"wall_seconds": 20.4}}, "splink": {"link": {"wall_seconds": 30.0}}}
    stopped = {
        "ours": {"link": {"wall_seconds": 9.0}},
        "splink": {"link": {"wall_seconds": 1200.0, "unfinished": True}},
    }
    first, second, third = picture.SIZES
    text = picture.drawn({first: ended, second: ended, third: stopped})
    assert (text.count(">20<"), text.count(">30<"), text.count("over 1,200, stopped")) == (2, 2, 1)
