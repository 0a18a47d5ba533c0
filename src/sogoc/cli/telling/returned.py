"""What a returned worklist would change, on one screen; personal values masked, as on lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.web.masking import masked_change

if TYPE_CHECKING:
    from sogoc.cli.telling.say import Say
    from sogoc.node.returns import Shown
    from sogoc.worklists.back.returned import Change

_SHOWN = 20
"""Changed cells listed; the file has all."""


def say_return(say: Say, shown: Shown) -> None:
    """The counts in sentences, then the cells that change, by their place in the file."""
    say.heading(
        f"Danh sách số {shown.returned.worklist}: {shown.register.name}",
        f"Worklist {shown.returned.worklist}: {shown.register.name_en or shown.register.name}",
    )
    for sentence in shown.seen.sentences:
        say.sentence(sentence)
    changes = shown.seen.changes
    if not changes:
        return
    say.table(
        [
            ("Dòng", "row"),
            ("Cột", "column"),
            ("Trường", "field"),
            ("Trước", "before"),
            ("Sau", "after"),
            ("Bản ghi", "record"),
        ],
        [_line(shown, change) for change in changes[:_SHOWN]],
    )
    if len(changes) > _SHOWN:
        more = len(changes) - _SHOWN
        say.line(f"… và {more} ô khác trong tệp.", f"… and {more} more cells of the file.")


def _line(shown: Shown, change: Change) -> tuple[object, ...]:
    field = shown.register.object(change.object).field(change.field)
    pair = masked_change(field.kind, change.before, change.after)
    before, after = (text or "–" for text in pair)
    label = field.label or field.name
    return (change.row, change.column, label, before, after, f"{change.object} {change.record}")
