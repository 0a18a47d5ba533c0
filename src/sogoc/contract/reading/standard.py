"""What the Open Data Contract Standard itself says of a file.

The standard's package has a pydantic model, which misses a misspelt key, and a JSON Schema, which
sees it but speaks in its own words: so keys are walked by the model, the rest is the schema's.
"""

from __future__ import annotations

import itertools
import json
import re
import textwrap
import typing
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, cast

import jsonschema
import pydantic
from open_data_contract_standard.model import OpenDataContractStandard, Server, TeamMember

from sogoc.contract.reading.document import Part, closest

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from sogoc.contract.reading.document import Mistakes

_READ = ("v3.2", "v3.1")


def check_standard(root: Part, mistakes: Mistakes) -> None:
    """Note everything that the standard refuses."""
    version = root.text("apiVersion")
    if version and not version.startswith(_READ):
        mistakes.add(
            root.at("apiVersion"),
            f"apiVersion {version!r} is not read here, write 'v3.2.0'",
            "chỉ đọc được apiVersion v3.2.0 và v3.1.x",
        )
        return
    _unknown_keys(root, OpenDataContractStandard, mistakes)
    _schema_refusals(root, mistakes)
    try:
        OpenDataContractStandard.model_validate(root.value)
    except pydantic.ValidationError as refusal:
        for error in refusal.errors():
            if error["type"] != "extra_forbidden":
                _note(root.at(*error["loc"]), error["msg"], mistakes)


def _unknown_keys(part: Part, model: type[pydantic.BaseModel], mistakes: Mistakes) -> None:
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    for key, child in part.inside.items():
        if str(key) not in fields:
            mistakes.add(
                child,
                f"unknown key {key!r}{closest(str(key), fields)}",
                f"không có khóa {key!r}",
            )
            continue
        inner = _models(cast("Hashable", fields[str(key)].annotation))
        for item, its_model in itertools.product(_items(child), inner):
            if _fits(item, its_model):
                _unknown_keys(item, its_model, mistakes)


def _items(part: Part) -> Iterable[Part]:
    return part if isinstance(part.value, list) else (part,)


def _fits(part: Part, model: type[pydantic.BaseModel]) -> bool:
    """Whether the model is what stands here, of those its place allows."""
    if not isinstance(part.value, dict) or model is Server:
        return False  # each kind of server has keys of its own, which only the schema knows
    # A team is a mapping or a list of members: a member has no members.
    return not (model is TeamMember and "members" in part.inside)


@cache
def _models(annotation: Hashable) -> tuple[type[pydantic.BaseModel], ...]:
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return (annotation,)
    return tuple(itertools.chain.from_iterable(map(_models, typing.get_args(annotation))))


@cache
def _schema() -> jsonschema.Draft201909Validator:
    text = resources.files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8")
    return jsonschema.Draft201909Validator(json.loads(text))


def _schema_refusals(root: Part, mistakes: Mistakes) -> None:
    version = "v3.2.0"
    contract = {**cast("dict[str, object]", root.value), "apiVersion": version}
    for refusal in _schema().iter_errors(contract):
        for error in _leaves(refusal):
            _refusal(root.at(*error.absolute_path), error, mistakes)


def _leaves(
    error: jsonschema.exceptions.ValidationError,
) -> Iterator[jsonschema.exceptions.ValidationError]:
    """The refusals that say something: an `anyOf` itself only says that no branch fits."""
    if error.validator in {"oneOf", "anyOf"} and error.context:
        deepest = max(len(inner.absolute_path) for inner in error.context)
        if deepest > len(error.absolute_path):
            yield from (one for one in error.context if len(one.absolute_path) == deepest)
            return
    yield error


def _refusal(part: Part, error: jsonschema.exceptions.ValidationError, mistakes: Mistakes) -> None:
    if error.validator in {"unevaluatedProperties", "additionalProperties"}:
        if "logicalTypeOptions" in part.path or "servers" in part.path:
            _options(part, error, mistakes)
        return  # the walk by the model named the key already
    if error.validator == "required":
        missing = error.message.split("'")[1]
        # The schema takes a field without a type for a map, and misses the map's parts.
        if missing in {"map", "items"} and "logicalType" not in part.inside:
            missing = "logicalType"
        mistakes.add(part, f"{missing!r} is missing", f"thiếu khóa {missing!r}")
    elif error.validator == "enum":
        allowed = [str(value) for value in cast("list[object]", error.validator_value)]
        value = str(part.value)
        mistakes.add(
            part,
            f"{part.path[-1]} {value!r} is not one of {', '.join(allowed)}"
            f"{closest(value, allowed)}",
            f"{part.path[-1]} {value!r} không thuộc danh sách cho phép",
        )
    else:
        _note(part, error.message, mistakes)


def _options(part: Part, error: jsonschema.exceptions.ValidationError, mistakes: Mistakes) -> None:
    for key in re.findall(r"'(\w+)'", error.message):
        if key in part.inside:
            mistakes.add(
                part.at(key),
                f"{key!r} does not go with this type",
                f"khóa {key!r} không dùng được với kiểu này",
            )


def _note(part: Part, message: str, mistakes: Mistakes) -> None:
    where = ".".join(str(key) for key in part.path) or "contract"
    mistakes.add(
        part, f"{where}: {textwrap.shorten(message, 200)}", f"{where}: không đúng chuẩn ODCS"
    )
