"""Who and what is addressed: members, subsystems and services (X-Road protocol for REST, 4.1-4.2).

Names come from outside, so they are read strictly: an address has one spelling, and what could be
read in two ways is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

from sogoc.errors import BadQuestion, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

_PART = re.compile(r"[A-Za-z0-9'()+,.=?-]{1,64}")
_PARTS_OF_A_CLIENT = (3, 4)
_PARTS_OF_A_SERVICE = 5
_LONGEST = 2000
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
VERSION = "r1"


@dataclass(frozen=True, slots=True, order=True)
class Subsystem:
    """A member, or one of its subsystems: `VN/GOV/02/LAND`. `code` is empty for the member."""

    instance: str
    member_class: str
    member: str
    code: str = ""

    def __str__(self) -> str:
        return "/".join(
            part for part in (self.instance, self.member_class, self.member, self.code) if part
        )

    @property
    def owner(self) -> Subsystem:
        """The member itself."""
        return Subsystem(self.instance, self.member_class, self.member)


@dataclass(frozen=True, slots=True, order=True)
class Service:
    """One service of a subsystem: `VN/GOV/01/POP/person`."""

    provider: Subsystem
    code: str

    def __str__(self) -> str:
        return f"{self.provider}/{self.code}"


@dataclass(frozen=True, slots=True)
class Address:
    """What a request is for: the service, and what it asks of it. `path` begins with a slash."""

    service: Service
    path: str = ""
    query: str = ""


@lru_cache(4096)
def subsystem(text: str) -> Subsystem:
    """Read a client or provider. Raises BadQuestion."""
    parts = [_unquoted(part) for part in text.split("/")]
    if len(parts) not in _PARTS_OF_A_CLIENT:
        raise _bad(
            "mã cơ quan cần 3 hoặc 4 phần, như VN/GOV/02/LAND",
            "a client has three or four parts, as in VN/GOV/02/LAND",
        )
    return Subsystem(*_checked(parts))


@lru_cache(4096)
def spelled(text: str) -> str:
    """A client or provider in the one spelling it has. Raises BadQuestion."""
    return str(subsystem(text))


@lru_cache(4096)
def address(path: str, query: str = "") -> Address:
    """Read `/r1/{instance}/{class}/{member}/{subsystem}/{service}[/path]`, percent-encoded.

    The path of the service passes unmodified, but for what would climb out of it. Raises
    BadQuestion.
    """
    if len(path) + len(query) > _LONGEST:
        raise _bad(
            f"địa chỉ dài quá {_LONGEST} ký tự", f"the address is longer than {_LONGEST} characters"
        )
    parts = path.split("/", 7)
    if len(parts) < 1 + 1 + _PARTS_OF_A_SERVICE or parts[0] or parts[1] != VERSION:
        raise _bad(
            "địa chỉ phải có dạng /r1/VN/GOV/01/POP/dịch-vụ",
            "an address looks like /r1/VN/GOV/01/POP/service",
        )
    instance, member_class, member, code, name = _checked([_unquoted(part) for part in parts[2:7]])
    rest = f"/{parts[7]}" if len(parts) > 7 else ""  # noqa: PLR2004 - what stands behind the service
    if any(_unquoted(step) in {".", ".."} for step in rest.split("/")) or _doubtful(rest):
        raise _bad("đường dẫn đi ra ngoài dịch vụ", "the path leads out of the service")
    provider = Subsystem(instance, member_class, member, code)
    return Address(Service(provider, name), rest, query)


def path_of(service: Service, path: str = "") -> str:
    """The path of a request to a service, each part percent-encoded by itself."""
    provider = service.provider
    parts = (provider.instance, provider.member_class, provider.member, provider.code, service.code)
    return f"/{VERSION}/" + "/".join(quote(part, safe="") for part in parts) + path


def _doubtful(rest: str) -> bool:
    """A slash, backslash or zero byte in disguise: two readers would cut the path in two ways."""
    plain = unquote_to_bytes(rest)
    hidden = re.search(r"%(2[fF]|5[cC]|00)", rest)
    return bool(hidden) or b"\\" in plain or "//" in rest or bool(_ESCAPE.search(rest))


def _unquoted(part: str) -> str:
    if _ESCAPE.search(part):
        raise _bad("địa chỉ mã hóa sai", "the address is encoded wrongly")
    try:
        return unquote_to_bytes(part).decode()
    except UnicodeDecodeError as wrong:
        raise _bad("địa chỉ không phải UTF-8", "the address is not UTF-8") from wrong


def _checked(parts: Sequence[str]) -> Sequence[str]:
    for part in parts:
        if not _PART.fullmatch(part) or part in {".", ".."}:
            raise _bad(
                "mã chỉ gồm chữ, số và ' ( ) + , - . = ?",
                "identifiers hold letters, digits and ' ( ) + , - . = ? only",
            )
    return parts


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))
