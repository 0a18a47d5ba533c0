"""`sogoc journal`: verify one from outside; prove an entry; what the keeper does with its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sogoc.access.audit import audit, witnessed
from sogoc.access.entry import entry_from
from sogoc.access.keeping.acts import OWN, Acting
from sogoc.access.keeping.orders import Order, carry_out
from sogoc.access.keeping.retention import erase_due, erase_one
from sogoc.access.log import Log, check_proof
from sogoc.access.witness.postgres_witness import Witness
from sogoc.cli.among.listening import who_of
from sogoc.cli.among.looking import Outside, outside
from sogoc.cli.context import Desk, desk_of
from sogoc.errors import BrokenLog, Sentence, SettingsError
from sogoc.exchange.client import public_bytes
from sogoc.node.node import open_node
from sogoc.node.offering.own_services import journal_rules
from sogoc.trust.note import believed, note_key, read_note
from sogoc.trust.proof import read_proof, written

app = typer.Typer(no_args_is_help=True, help="Journals: verify one from outside, prove an entry.")

WitnessKeys = Annotated[
    list[str] | None, typer.Option("--witness-key", help="Verifier key of a witness; repeatable.")
]


@app.callback()
def journal() -> None:
    """Journals: verify one from outside, prove an entry, keep and erase by the rules."""


@app.command("verify")
def verify_command(  # noqa: PLR0913 - what a stranger knows of a journal
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="The node: https://land.example.")],
    keys: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY...",
            help="Verifier key of its journal: name+id+key; after a change the earlier ones too.",
        ),
    ],
    *,
    kept: Annotated[
        Path | None,
        typer.Option(help="Folder of checkpoints from earlier visits; this one is added."),
    ] = None,
    witnesses: Annotated[
        int, typer.Option(help="How many witnesses must have signed; they come from the hub.")
    ] = 0,
    hub: Annotated[
        str, typer.Option(help="The hub: its address and verifier key, a blank between.")
    ] = "",
    witness_key: WitnessKeys = None,
    stamp_roots: Annotated[
        Path | None, typer.Option(help="PEM file: believe a time stamp that leads there.")
    ] = None,
) -> None:
    """Verify a node's whole journal with public data alone, against what you and witnesses kept."""
    desk = desk_of(context)
    known = tuple(note_key(key) for key in keys)
    seen = outside(known, hub, [note_key(one) for one in witness_key or []])

    def fetch(path: str) -> bytes:
        return public_bytes(f"{address.rstrip('/')}/journal/{path}")

    earlier = [file.read_text(encoding="utf-8") for file in _notes(kept)]
    signed = 0
    if witnesses:
        every = (*seen.logs, *seen.former)
        note, names = witnessed(fetch, every, seen.witnesses, least=witnesses)
        earlier.append(note)
        signed = len(names)
    if stamp_roots:
        earlier.append(_stamped(desk, fetch, stamp_roots))
    told = audit(fetch, seen.logs, earlier=[*earlier, *seen.notes], former=seen.former)
    _keep(kept, told.checkpoint.size, told.note)
    desk.say.line(
        f"Nhật ký nguyên vẹn: {told.checkpoint.size} mục, nối tiếp {told.continued} mốc đã giữ.",
        f"The journal is whole: {told.checkpoint.size} entries, continuing {told.continued} "
        "checkpoints that were kept.",
    )
    if witnesses:
        _tell_witnesses(desk, seen, signed)


def _stamped(desk: Desk, fetch: Callable[[str], bytes], roots: Path) -> str:
    """The note on which a time stamp stands that leads to these roots. Raises BadSeal."""
    note = fetch("stamped")
    from sogoc.trust.stamps import stamped_at  # noqa: PLC0415 - it reads certificates, few ask

    moment = stamped_at(fetch("stamp"), note, _content(roots).encode())
    told = moment.isoformat(timespec="seconds")
    desk.say.line(
        f"Dấu thời gian {told}: mốc đã có từ lúc đó.",
        f"Time stamp of {told}: the checkpoint stood there by then.",
    )
    return note.decode()


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise SettingsError(
            Sentence(vi=f"Không đọc được tệp {file}.", en=f"The file {file} cannot be read.")
        ) from wrong


def _tell_witnesses(desk: Desk, seen: Outside, signed: int) -> None:
    desk.say.line(
        f"{signed} nhân chứng đã ký; {len(seen.notes)} nhân chứng cho xem mốc họ giữ.",
        f"{signed} witnesses signed; {len(seen.notes)} showed what they kept.",
    )


def _notes(kept: Path | None) -> list[Path]:
    return sorted(kept.glob("*.note")) if kept else []


def _keep(kept: Path | None, size: int, note: str) -> None:
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        (kept / f"{size:012}.note").write_text(note, encoding="utf-8")


@app.command("prove")
def prove_command(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Number of the entry.")],
    *,
    out: Annotated[Path | None, typer.Option(help="File to write; else N.tlog-proof here.")] = None,
) -> None:
    """Write the proof of one entry, for the person it is about: entry, salt, path, checkpoint."""
    desk = desk_of(context)
    file = out or Path(f"{number}.tlog-proof")
    who = who_of(desk)
    with open_node(desk.folder, desk.settings) as node:
        told = written(Log(node.parts.connection, who.origin).proof(number))
    file.write_text(told, encoding="utf-8")
    desk.say.path("Bằng chứng", "The proof", file)


@app.command("check-proof")
def check_proof_command(
    context: typer.Context,
    file: Path,
    key: Annotated[str, typer.Argument(help="Verifier key of the journal: name+id+key.")],
    *,
    witness_key: WitnessKeys = None,
) -> None:
    """Check a proof without any node: what the entry says, and who signed the checkpoint."""
    desk = desk_of(context)
    proof = read_proof(_content(file))
    known = note_key(key)
    told = check_proof(proof)
    names = believed(read_note(proof.checkpoint), [known, *map(note_key, witness_key or [])])
    if known not in names or told.origin != known.name:
        raise BrokenLog(
            Sentence(
                vi="Nhật ký này không ký mốc trong bằng chứng.",
                en="The journal did not sign the checkpoint of this proof.",
            )
        )
    entry = entry_from(proof.payload)
    desk.say.line(
        f"Đúng: mục {proof.number} nằm trong {told.size} mục của {told.origin}, "
        f"{len(names) - 1} nhân chứng ký.",
        f"True: entry {proof.number} stands among the {told.size} of {told.origin}, "
        f"{len(names) - 1} witnesses signed.",
    )
    desk.say.table(
        [("thời điểm", "when"), ("cơ quan", "member"), ("thủ tục", "procedure"),
         ("căn cứ", "ground"), ("trường", "fields"), ("kết quả", "decision")],
        [(entry.at.isoformat(), entry.member, entry.purpose, entry.ground,
          ", ".join(entry.fields), entry.decision)],
    )  # fmt: skip


@app.command("erase")
def erase_command(
    context: typer.Context,
    *,
    entry: Annotated[int | None, typer.Option(help="One entry alone, by an order.")] = None,
    order: Annotated[str, typer.Option(help="The order or judgement it follows.")] = "",
) -> None:
    """Forget what entries say once the rules or an order let; the tree stays whole and verifies."""
    desk = desk_of(context)
    if (entry is None) is bool(order.strip()):
        raise _no_order()
    with open_node(desk.folder, desk.settings) as node:
        acting = _acting(desk, node.parts.clock.now())
        if entry is None:
            rules = journal_rules(desk.folder, node.parts.clock)
            count = erase_due(node.parts.connection, rules, acting)
        else:
            erase_one(node.parts.connection, entry, acting, order=order)
            count = 1
    desk.say.line(f"Đã xóa nội dung của {count} mục.", f"{count} entries say nothing any more.")


@app.command("defer")
def defer_command(
    context: typer.Context,
    purpose: Annotated[str, typer.Argument(help="Code of the procedure.")],
    case: Annotated[str, typer.Argument(help="The case whose entries it concerns.")],
    *,
    shown: Annotated[datetime, typer.Option(help="The day from which on they show.")],
    order: Annotated[str, typer.Option(help="By whose order.")],
    since: Annotated[datetime | None, typer.Option(help="Entries from this day on.")] = None,
) -> None:
    """Carry out an order: from which day on the entries of one case show to their subjects."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        now = node.parts.clock.now()
        told = Order(
            purpose=purpose,
            case=case,
            since=(since or datetime(1970, 1, 1)).replace(tzinfo=UTC),  # noqa: DTZ001 - made aware here
            until=now,
            shown=shown.replace(tzinfo=UTC),
            order=order,
        )
        rules = journal_rules(desk.folder, node.parts.clock)
        count = carry_out(node.parts.connection, told, _acting(desk, now), rules=rules)
    desk.say.line(
        f"{count} mục hiển thị từ {shown:%d/%m/%Y}.", f"{count} entries show from {shown:%Y-%m-%d}."
    )


@app.command("witnessed")
def witnessed_command(context: typer.Context) -> None:
    """List others' journals as this node saw them, and those that were rewritten."""
    desk = desk_of(context)
    who = who_of(desk)
    with open_node(desk.folder, desk.settings) as node:
        witness = Witness(node.parts.connection, who.origin, who.key)
        seen, conflicts = witness.seen(), witness.conflicts()
    rewritten = {one.origin for one in conflicts}
    desk.say.table(
        [("nhật ký", "journal"), ("số mục", "entries"), ("lúc", "at"), ("lịch sử", "history")],
        [
            (
                origin,
                str(size),
                at.isoformat(timespec="seconds"),
                "REWRITTEN" if origin in rewritten else "ok",
            )
            for origin, size, at in seen
        ],
    )
    for one in conflicts:
        desk.say.plain(f"{one.kept}\n{one.told}")


def _acting(desk: Desk, now: datetime) -> Acting:
    return Acting(officer=desk.officer, now=now, member=desk.settings.member or OWN)


def _no_order() -> SettingsError:
    return SettingsError(
        Sentence(
            vi="Xóa một mục cần --entry và --order; xóa theo quy tắc không cần mục nào.",
            en="To erase one entry give --entry and --order; to erase by the rules give neither.",
        )
    )
