"""What no tool checks: the map, the error tree and the sizes are what the documents say."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from pathlib import Path

import pytest

from sogoc import errors

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "sogoc"
MODULES = sorted(SOURCE.rglob("*.py"))


def layers_in_picture() -> list[set[str]]:
    """The layers of the picture in docs/why/map.md: those that may import least first."""
    text = (ROOT / "docs/why/map.md").read_text(encoding="utf-8")
    picture = text.split("```")[1].strip().splitlines()
    return [set(re.split(r"\s{2,}", line)[0].split(" | ")) for line in picture]


def test_the_linted_layers_are_the_picture_of_the_map() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    linted = [set(layer.split(" | ")) for layer in reversed(contract["layers"])]
    assert linted == layers_in_picture()


def test_every_folder_says_in_one_sentence_what_it_is() -> None:
    for init in SOURCE.rglob("__init__.py"):
        tree = ast.parse(init.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), init
        assert len(tree.body) == 1, f"{init} holds code"


def test_the_drawn_error_tree_is_the_classes() -> None:
    assert errors.__doc__ is not None
    drawn = re.findall(r"^[│├└─ ]*([A-Z]\w+)", errors.__doc__, re.MULTILINE)
    drawn = [name for name in drawn if name != "Every"]
    classes = [
        name
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, errors.SogocError)
    ]
    assert sorted(drawn) == sorted(classes)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_file_is_longer_than_400_lines(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400


def test_no_folder_has_more_than_12_modules() -> None:
    for folder in {module.parent for module in MODULES}:
        modules = [path for path in folder.glob("*.py") if not path.name.startswith("__")]
        assert len(modules) <= 12, folder
