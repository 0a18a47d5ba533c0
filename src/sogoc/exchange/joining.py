"""A request to join: what a node says of itself, signed with the key it brings.

The hub's officer accepts it after comparing the key with what the agency says by another way: the
signature shows only that whoever asks holds the key.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.errors import BadQuestion, DirectoryRefused, Sentence, TrustError
from sogoc.exchange.names import subsystem
from sogoc.trust.keys import public_key
from sogoc.trust.note import NoteKey, believed, note_key, read_note, sign
from sogoc.trust.opening import sealing_key

if TYPE_CHECKING:
    from sogoc.trust.keys import PublicKey, SigningKey
    from sogoc.trust.opening import SealingKey

_FORM = "sogoc-join/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRequest:
    """Who asks to join: its subsystem, its address, its key, its journal and what it offers."""

    client: str
    """The subsystem: `VN/GOV/02/LAND`."""
    name: str
    address: str
    key_id: str
    public: PublicKey
    log: str
    services: tuple[str, ...]
    sealing: SealingKey | None = None
    """What packages for it are to be sealed with; None: the key itself."""


def written(request: JoinRequest, key: SigningKey) -> str:
    """The request as a file to hand to the hub's officer."""
    told = {
        "client": request.client,
        "name": request.name,
        "address": request.address,
        "key_id": request.key_id,
        "public": request.public.text,
        "log": request.log,
        "services": list(request.services),
        **({"sealing": request.sealing.text} if request.sealing else {}),
    }
    line = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return str(sign(f"{_FORM}\n{line}\n", request.client, key))


def read_request(content: str) -> JoinRequest:
    """Read a request. Raises DirectoryRefused unless whoever wrote it holds the key in it."""
    try:
        note = read_note(content)
        form, line, end = note.text.split("\n")
        told = json.loads(line)
        public = public_key(told["public"])
        believed(note, [NoteKey(told["client"], public)])
        note_key(told["log"])
        request = JoinRequest(
            client=str(subsystem(told["client"])),
            name=str(told["name"]),
            address=str(told["address"]).rstrip("/"),
            key_id=str(told["key_id"]),
            public=public,
            log=str(told["log"]),
            services=tuple(map(str, told["services"])),
            sealing=sealing_key(told["sealing"]) if "sealing" in told else None,
        )
    except (TrustError, BadQuestion, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise _refused() from wrong
    if form != _FORM or end or not _plain(request.address) or not subsystem(request.client).code:
        raise _refused()
    return request


_ADDRESS = re.compile(
    r"https?://(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?(/[A-Za-z0-9._/-]*)?"
)
"""Scheme, host, port, path: no name and word before the host, nothing behind the path."""


def _plain(address: str) -> bool:
    """Whether an address can only be read in one way: other nodes will send questions there."""
    return bool(_ADDRESS.fullmatch(address)) and ".." not in address


def _refused() -> DirectoryRefused:
    return DirectoryRefused(
        Sentence(
            vi="Đơn gia nhập không dùng được: sai mẫu, hoặc không ký bằng khóa ghi trong đơn.",
            en="The request to join cannot be used: not in its form, or not under its own key.",
        )
    )
