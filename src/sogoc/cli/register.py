"""Commands about registers: which there are, what one holds, whether a contract is sound."""

from __future__ import annotations

import json
import re
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sogoc.cli.context import desk_of
from sogoc.contract.differ import Weight, differences, steps_enough, version_demanded
from sogoc.contract.export import ddl, json_schema, table_schema
from sogoc.contract.load import load
from sogoc.contract.model import Register, RegisterObject
from sogoc.contract.suggest import suggest
from sogoc.errors import Place, Sentence, SettingsError, UnknownThing

if TYPE_CHECKING:
    from sogoc.intake.take import Profiled

_WEIGHTS = {
    Weight.BREAKING: ("✗ phá vỡ     ", "✗ breaking  "),
    Weight.COMPATIBLE: ("✓ tương thích", "✓ compatible"),
    Weight.WORDS: ("· chỉ chữ    ", "· words only"),
}


class ExportKind(Enum):
    """In what words a register can be handed to other programs."""

    JSON_SCHEMA = "json-schema"
    TABLE_SCHEMA = "table-schema"
    SQL = "sql"


app = typer.Typer(no_args_is_help=True, help="Contracts of registers.")


@app.command("list")
def list_registers(context: typer.Context) -> None:
    """List the registers this node has contracts for."""
    desk = desk_of(context)
    desk.say.table(
        [("Mã", "id"), ("Tên", "name"), ("Phiên bản", "version"), ("Đối tượng", "objects")],
        [
            (one.id, one.name, one.version, ", ".join(part.name for part in one.objects))
            for one in desk.shelf.registers()
        ],
    )


@app.command()
def show(context: typer.Context, register: str) -> None:
    """Show the objects, fields and rules of one register."""
    desk = desk_of(context)
    one = desk.shelf.register(register)
    desk.say.heading(f"{one.name} ({one.id} {one.version})", f"{one.name} ({one.id} {one.version})")
    for part in one.objects:
        desk.say.heading(f"{part.label} · {part.name}", f"{part.label} · {part.name}")
        desk.say.table(
            [("Trường", "field"), ("Tên", "label"), ("Loại", "kind"), ("Bắt buộc", "required")],
            [
                (field.name, field.label, field.kind.value, "✓" if field.required else "")
                for field in part.fields
            ],
        )
        desk.say.line(f"{len(part.rules)} quy tắc", f"{len(part.rules)} rules")


@app.command()
def check(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)],
) -> None:
    """Check contract files; every mistake is said at once, with its line."""
    desk = desk_of(context)
    for file in files:
        one = load(file)
        rules = sum(len(part.rules) for part in one.objects)
        desk.say.line(
            f"✓ {file.name}: {len(one.objects)} đối tượng, {rules} quy tắc",
            f"✓ {file.name}: {len(one.objects)} objects, {rules} rules",
        )


@app.command("suggest")
def suggest_contract(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    *,
    name: Annotated[str, typer.Option(help="Id of the new register; else the file's name.")] = "",
    to: Annotated[Path | None, typer.Option(help="File to write; else the terminal.")] = None,
) -> None:
    """Draft a contract from a file: kinds are recognised, an officer corrects the rest."""
    # Whoever only looks at contracts does not wait for what reads files.
    from sogoc.intake.take import profile  # noqa: PLC0415 - see above

    desk = desk_of(context)
    profiled = profile(file)
    text = suggest(name or _id_from(file), _columns(profiled))
    if to is None:
        desk.say.plain(text)
        return
    _write_new(to, text)
    desk.say.line(
        f"Đã ghi bản nháp vào {to}. Sửa lại rồi chạy: sogoc register check {to}",
        f"The draft is in {to}. Correct it, then run: sogoc register check {to}",
    )


@app.command()
def diff(
    context: typer.Context,
    old: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    new: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
) -> None:
    """Say what a new version of a contract breaks; exit code 1 if its number is too small."""
    desk = desk_of(context)
    before, after = load(old), load(new)
    changes = differences(before, after)
    for change in changes:
        said = desk.say.text(change.said.vi, change.said.en)
        desk.say.plain(f"{desk.say.text(*_WEIGHTS[change.weight])}  {change.where}: {said}")
    demanded = version_demanded(before, changes)
    if steps_enough(before, after):
        desk.say.line(f"Phiên bản {after.version}: đạt.", f"Version {after.version} will do.")
        return
    desk.say.line(
        f"Phiên bản {after.version} chưa đủ: cần từ {demanded}.",
        f"Version {after.version} is too small: it takes {demanded} or above.",
    )
    raise typer.Exit(1)


@app.command()
def export(
    context: typer.Context,
    register: str,
    kind: Annotated[ExportKind, typer.Argument(help="Form of the export.")],
    *,
    object: Annotated[str, typer.Option(help="Object, for a table schema.")] = "",  # noqa: A002 - the option's name
) -> None:
    """Print a register as JSON Schema, Table Schema (Frictionless) or SQL for PostgreSQL."""
    desk = desk_of(context)
    one = desk.shelf.register(register)
    if kind is ExportKind.SQL:
        desk.say.plain(ddl(one))
    elif kind is ExportKind.JSON_SCHEMA:
        desk.say.plain(json.dumps(json_schema(one), ensure_ascii=False, indent=2))
    else:
        names = [object] if object else [part.name for part in one.objects]
        schemas = {name: table_schema(_object(one, name)) for name in names}
        whole = schemas[object] if object else schemas
        desk.say.plain(json.dumps(whole, ensure_ascii=False, indent=2))


def _columns(profiled: Profiled) -> dict[str, tuple[str, ...]]:
    """Columns by header; one without a header, or with another's, goes by its number."""
    columns: dict[str, tuple[str, ...]] = {}
    pairs = zip(profiled.header, profiled.columns, strict=True)
    for number, (header, cells) in enumerate(pairs, start=1):
        name = header if header and header not in columns else f"{header} {number}".strip()
        columns[name] = cells
    return columns


def _object(register: Register, name: str) -> RegisterObject:
    try:
        return register.object(name)
    except KeyError:
        known = ", ".join(part.name for part in register.objects)
        raise UnknownThing(
            Sentence(
                vi=f"Sổ {register.id} không có đối tượng {name}. Hiện có: {known}.",
                en=f"The register {register.id} has no object {name}. There are: {known}.",
            )
        ) from None


def _write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet: a contract that somebody corrected is never lost."""
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as wrong:
        raise SettingsError(
            Sentence(
                vi=f"Không ghi được tệp ({wrong.strerror}). Chọn tên khác cho --to.",
                en=f"The file cannot be written ({wrong.strerror}). Name another one with --to.",
            ),
            place=Place(file=str(file)),
        ) from wrong


def _id_from(file: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "register"
