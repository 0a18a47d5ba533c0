"""`sogoc link model`: the model of an object as settings of Splink 5, and back as a candidate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sogoc.cli.context import desk_of
from sogoc.errors import Place, Sentence, SettingsError, UnknownThing
from sogoc.link.explaining.words import bits
from sogoc.node.node import open_node
from sogoc.pipeline.after.splinking import SHIPPED, given, taken_back, write_sides

if TYPE_CHECKING:
    from sogoc.cli.telling.say import Say
    from sogoc.contract.model import Register, RegisterObject

app = typer.Typer(
    no_args_is_help=True,
    help="The model of linking as settings of Splink 5, for its charts and its training.",
)
_MOST = 12
"""Levels that are told one by one."""

OBJECT = typer.Argument(help="The object, as the contract names it.")


@app.command("export")
def export_command(
    context: typer.Context,
    register: str,
    object: Annotated[str, OBJECT],  # noqa: A002 - the argument's name
    *,
    file: Annotated[Path, typer.Argument(help="The JSON file to write.")],
    version: Annotated[
        int | None,
        typer.Option(min=SHIPPED, help="This model; 0: the policy as it travels; else as linked."),
    ] = None,
    tables: Annotated[
        Path | None,
        typer.Option(help="A folder for both sides of the newest run, for Splink to weigh."),
    ] = None,
) -> None:
    """Write the chances by which an object is linked as settings that Splink 5 opens.

    Without --version: the model in use, else what the newest run measured.
    """
    desk = desk_of(context)
    held = desk.shelf.register(register)
    one = object_of(held, object)
    with open_node(desk.folder, desk.settings) as node:
        made = given(node.parts, held, one, version=version)
        _write(file, json.dumps(made.settings, ensure_ascii=False, indent=1) + "\n")
        records = write_sides(node.parts, held, one, folder=tables) if tables else 0
    told = {
        None: ("đo được ở lượt mới nhất", "measured by the newest run"),
        SHIPPED: ("của quy tắc kèm phần mềm", "of the policy as it travels"),
    }.get(made.version, (f"của mô hình {made.version}", f"of model {made.version}"))
    desk.say.line(
        f"Thiết lập cho Splink 5, trọng số {told[0]}; đã huấn luyện thì nhận lại bằng: "
        f"sogoc link model import {register} {object} TỆP",
        f"Settings for Splink 5, chances {told[1]}; once trained they come back by: "
        f"sogoc link model import {register} {object} FILE",
    )
    desk.say.path("Tệp", "File", file)
    if tables:
        desk.say.line(
            f"Hai bảng của {records} người cần tìm chứa dữ liệu cá nhân: giữ như giữ sổ, xem xong "
            "thì xoá.",
            f"Both tables of {records} persons asked for hold personal data: guard them like the "
            "register, remove them when you have looked.",
        )
        desk.say.path("Thư mục", "Folder", tables)


@app.command("import")
def import_command(
    context: typer.Context,
    register: str,
    object: Annotated[str, OBJECT],  # noqa: A002 - the argument's name
    *,
    file: Annotated[Path, typer.Argument(help="What Splink saved: save_model_to_json.")],
    officer: Annotated[str, typer.Option(help="Who takes it in; else the account's name.")] = "",
) -> None:
    """Keep exported settings that Splink trained as the next model; used once it is accepted.

    Comparisons, levels and their conditions must be those that were exported.
    """
    desk = desk_of(context)
    held = desk.shelf.register(register)
    one = object_of(held, object)
    with open_node(desk.folder, desk.settings) as node:
        made = taken_back(node.parts, held, one, file=file, officer=officer or desk.officer)
    desk.say.line(
        f"Đã giữ thành mô hình {made.version} của {register}/{object}; chưa lô nào dùng. "
        f"Chấp nhận: sogoc link accept {register} {object} {made.version}",
        f"Kept as model {made.version} of {register}/{object}; nothing uses it yet. "
        f"Accept: sogoc link accept {register} {object} {made.version}",
    )
    if made.untold:
        listed = ", ".join(made.untold)
        desk.say.line(
            f"Splink không học được m của các mức sau, giữ m của quy tắc: {listed}",
            f"Splink learned no m of these levels, they keep the policy's: {listed}",
        )
    _say_moved(desk.say, made.moved)


def object_of(register: Register, name: str) -> RegisterObject:
    """An object that names persons. Raises UnknownThing with those there are."""
    known = [one for one in register.objects if one.persons]
    for one in known:
        if one.name == name:
            return one
    listed = ", ".join(one.name for one in known) or "–"
    raise UnknownThing(
        Sentence(
            f"Sổ {register.id} không có loại bản ghi {name} nêu người; có: {listed}.",
            f"The register {register.id} has no object {name} that names persons, but: {listed}.",
        )
    )


def _say_moved(say: Say, moved: tuple[tuple[str, int, int], ...]) -> None:
    if not moved:
        say.line(
            "Không mức nào lệch quá một bit so với quy tắc.",
            "No level weighs a bit more or less than by the policy.",
        )
        return
    say.heading(
        f"{len(moved)} mức nặng nhẹ khác quy tắc từ một bit trở lên",
        f"{len(moved)} levels weigh a bit or more otherwise than by the policy",
    )
    say.table(
        [("Mức", "level"), ("Theo quy tắc", "by the policy"), ("Nay", "now")],
        [
            (code, say.text(bits(was).vi, bits(was).en), say.text(bits(now).vi, bits(now).en))
            for code, was, now in moved[:_MOST]
        ],
    )


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as wrong:
        raise SettingsError(
            Sentence(
                f"Không ghi được tệp ({wrong.strerror}). Chọn tên khác.",
                f"The file cannot be written ({wrong.strerror}). Name another.",
            ),
            place=Place(file=str(file)),
        ) from wrong
