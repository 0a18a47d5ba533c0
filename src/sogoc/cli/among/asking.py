"""`sogoc ask`: a question to another node, from a file; whole lists of persons from a table."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from sogoc.cli.among.listening import tls_to_security_server, who_of
from sogoc.cli.context import Desk, desk_of
from sogoc.clock import SystemClock
from sogoc.errors import BadQuestion, Place, Sentence, SettingsError
from sogoc.exchange.asking.questions import Peer, Triple, difference, search, verify
from sogoc.exchange.client import Line
from sogoc.exchange.directory import Directory
from sogoc.exchange.names import address
from sogoc.exchange.patience.again import Patience
from sogoc.node.figures.tracing import tracing
from sogoc.node.member import current_directory

_SLASHES = 4
_PATIENCE = Patience(seconds=150.0)
"""A grant with few questions a minute is waited for, twice if need be."""
_COLUMNS = ("number", "name", "born")


def ask_command(  # noqa: PLR0913 - options of a command
    context: typer.Context,
    service: Annotated[str, typer.Argument(help="VN/GOV/01/POP/population")],
    path: Annotated[str, typer.Argument(help="/v1/nguoi/verify")],
    *,
    officer: Annotated[str, typer.Option(help="Who asks, after a country code: VN001.")],
    issue: Annotated[str, typer.Option(help="Procedure and case: 1.012789/H29-0001.")],
    body: Annotated[
        Path | None, typer.Option(help="File with the question in JSON; else standard input.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Follow the pages of a search or difference to the end.")
    ] = False,
    people: Annotated[
        Path | None,
        typer.Option(help="CSV of persons to verify: number, name, born. Needs --out."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where the CSV with the outcomes goes.")] = None,
    fields: Annotated[str, typer.Option(help="With --people: granted fields, by commas.")] = "",
) -> None:
    """Ask another node; the question comes from a file or standard input.

    With --people, every person of a table is verified, ten thousand in one signed question.
    """
    desk = desk_of(context)
    peer = _peer(desk, service, officer=officer, issue=issue)
    with tracing(desk.settings) as spans:
        if spans is not None:
            peer = replace(peer, line=replace(peer.line, tracing=spans.asking))
        if people is not None:
            _verify(desk, peer, path, files=(people, out), fields=_names(fields))
            return
        told = typer.get_text_stream("stdin").read() if body is None else _content(body)
        question = _question(told)
        answer = _whole(peer, path, question) if everything else peer.ask(path, question)
    desk.say.plain(json.dumps(answer, ensure_ascii=False, indent=2))


def _peer(desk: Desk, service: str, *, officer: str, issue: str) -> Peer:
    who = who_of(desk)
    if service.count("/") < _SLASHES:
        raise BadQuestion(
            Sentence(
                vi="Dịch vụ phải có năm phần, như VN/GOV/01/POP/population.",
                en="A service has five parts, as in VN/GOV/01/POP/population.",
            )
        )
    return Peer(
        service=address(f"/r1/{service}").service,
        asker=who.asker(officer, issue),
        line=_line(desk, who.who.instance),
    )


def _line(desk: Desk, instance: str) -> Line:
    """Directly by the directory, or through the Security Server of the settings."""
    clock, server = SystemClock(), desk.settings.xroad_server
    # Looked at also where nodes are asked directly: files without a server to show them to.
    tls = tls_to_security_server(desk)
    if server:
        now = clock.now()
        nobody = Directory(instance=instance, version=0, issued=now, expires=now, members=())
        return Line(
            directory=nobody,
            clock=clock,
            security_server=server,
            tls=tls,
            timeout_seconds=30.0,
            patience=_PATIENCE,
        )
    return Line(
        directory=current_directory(desk.folder, desk.settings, clock),
        clock=clock,
        timeout_seconds=30.0,
        patience=_PATIENCE,
    )


def _question(told: str) -> dict[str, Any]:
    try:
        question = json.loads(told)
    except ValueError as wrong:
        raise _no_question() from wrong
    if not isinstance(question, dict):
        raise _no_question()
    return question


def _whole(peer: Peer, path: str, question: dict[str, Any]) -> dict[str, Any]:
    """All pages of a search or a difference as one."""
    parts = path.split("/")
    name, word = (parts[2], parts[3]) if len(parts) > _SLASHES - 1 else ("", "")
    fields = question.get("fields", [])
    if word == "search":
        where, limit = question.get("where", {}), question.get("limit", 100)
        return {"records": list(search(peer, name, where, fields=fields, limit=limit))}
    if word == "difference":
        since, limit = question.get("since", 0), question.get("limit", 1000)
        pages = list(difference(peer, name, since, fields=fields, limit=limit))
        changes = [change for page in pages for change in page.changes]
        return {"until": pages[-1].until, "changes": changes}
    raise BadQuestion(
        Sentence(
            vi="--all chỉ dùng cho search và difference.",
            en="--all goes with search and difference only.",
        )
    )


def _verify(
    desk: Desk, peer: Peer, path: str, *, files: tuple[Path, Path | None], fields: list[str]
) -> None:
    source, target = files
    parts = path.split("/")
    if target is None or len(parts) != _SLASHES or parts[3] != "verify":
        raise BadQuestion(
            Sentence(
                vi="--people cần đường dẫn /v1/…/verify và --out.",
                en="--people needs a path /v1/.../verify and --out.",
            )
        )
    rows = _people(source)
    counts = Counter[str]()
    results = verify(peer, parts[2], rows, fields=fields)
    beside = target.with_name(target.name + ".part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow([*_COLUMNS, "outcome", "differs", *fields])
        for row, told in zip(rows, results, strict=True):
            counts[told["outcome"]] += 1
            given = told.get("fields", {})
            differs = " ".join(told.get("differs", ()))
            table.writerow([*row, told["outcome"], differs, *(given.get(each) for each in fields)])
    beside.replace(target)
    desk.say.table([("kết quả", "outcome"), ("số người", "persons")], [*sorted(counts.items())])
    desk.say.path("Kết quả từng người", "Each person's outcome", target)


def _people(file: Path) -> list[Triple]:
    """The persons of a CSV whose header names number, name and born. Raises BadQuestion."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as table:
            rows = csv.DictReader(table)
            missing = set(_COLUMNS) - set(rows.fieldnames or ())
            if missing:
                raise _no_table(file, missing)
            return list(_triples(rows, file))
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise _no_table(file, set(_COLUMNS)) from wrong


def _triples(rows: Iterable[dict[str, str]], file: Path) -> Iterator[Triple]:
    for line, row in enumerate(rows, 2):
        number, name, born = (row.get(column) for column in _COLUMNS)
        if number is None or name is None or born is None:
            raise BadQuestion(
                Sentence(
                    vi="Dòng thiếu cột; mỗi dòng cần number, name, born.",
                    en="A row lacks columns; each needs number, name and born.",
                ),
                place=Place(file=str(file), row=line),
            )
        yield number, name, born


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _no_table(file: Path, missing: set[str]) -> BadQuestion:
    listed = ", ".join(sorted(missing))
    return BadQuestion(
        Sentence(
            vi=f"Tệp danh sách người phải là CSV (UTF-8) có các cột: {listed}.",
            en=f"The list of persons must be a CSV (UTF-8) with the columns: {listed}.",
        ),
        place=Place(file=str(file)),
    )


def _no_question() -> BadQuestion:
    return BadQuestion(
        Sentence(vi="Câu hỏi phải là một đối tượng JSON.", en="The question must be a JSON object.")
    )


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise SettingsError(
            Sentence(vi=f"Không đọc được tệp {file}.", en=f"The file {file} cannot be read.")
        ) from wrong
