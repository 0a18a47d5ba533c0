"""How one key of the hub follows another, so that nobody has to be told by hand.

The hub's key is believed because somebody compared it once (`hub_key`). When it is to change, the
key in use signs a note that names the next one, and every directory carries these notes from then
on: whoever knows an earlier key finds the way to the one in use, also after a year without a line.
A node that once believed a directory under a later key believes no earlier one any more: a key that
was laid aside and is stolen years after signs no directory for it.

What this cannot mend: whoever has stolen the key in use can name a successor as well. Then the
officers tell the new key by another way, and `hub_key` is set anew at each node: from there on
nothing counts that the old key signed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sogoc.errors import TrustError
from sogoc.trust.note import NoteKey, believed, note_key, read_note, sign

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sogoc.trust.keys import PublicKey, SigningKey

_FORM = "sogoc-hub-key/1"
MOST = 100
"""Notes that are looked at: a hub that changed its key each year is older than this program."""


def successor_note(name: str, key: SigningKey, following: PublicKey, *, moment: datetime) -> str:
    """The note by which the hub's key says who follows it. `name` is the name of both."""
    told = {"next": str(NoteKey(name, following)), "at": moment.isoformat()}
    line = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return str(sign(f"{_FORM}\n{line}\n", name, key))


def line_of_keys(known: NoteKey, notes: Iterable[str]) -> tuple[NoteKey, ...]:
    """The key that is known and those that follow it, in order, as far as the notes lead.

    Of two notes under one key the later counts: the hub had begun anew. What cannot be read or is
    signed by none of these keys leads nowhere.
    """
    told = list(notes)[-MOST:]
    line = [known]
    while (following := _following(line[-1], told)) is not None and following not in line:
        line.append(following)
    return tuple(line)


def _following(key: NoteKey, notes: Sequence[str]) -> NoteKey | None:
    for content in reversed(notes):
        try:
            note = read_note(content)
            believed(note, [key])
            form, line, end = note.text.split("\n")
            following = note_key(json.loads(line)["next"])
        except (TrustError, ValueError, KeyError, TypeError, AttributeError):
            continue
        if form == _FORM and not end and following.name == key.name and following.kind == key.kind:
            return following
    return None
