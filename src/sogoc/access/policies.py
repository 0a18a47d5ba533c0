"""Grants as Cedar policies, and the decision (https://www.cedarpolicy.com).

One grant is one `permit`; a keeper may add policies of its own, as a rule `forbid`, in
`policies/*.cedar`. Nothing permitted is refused; a `forbid` outweighs every `permit`. Since each
`permit` asks that its own fields contain all that are asked for, grants never add up.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING

import cedarpy

from sogoc.access.grant import Question, conditions
from sogoc.errors import Place, PolicyRefused, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from sogoc.access.grant import Grant

SCHEMA = """
entity Member;
entity Register;
action read, search, verify, difference, round, usage, write appliesTo {
  principal: Member,
  resource: Register,
  context: {
    officer: String,
    purpose: String,
    request_id: String,
    fields: Set<String>,
    on: Long,
    keys: Long,
    sensitive: Bool,
  }
};
"""

OWN = """
@id("who-asks-and-why")
forbid (principal, action, resource)
when { context.officer == "" || context.purpose == "" || context.request_id == "" };

@id("something-is-asked")
forbid (principal, action, resource)
when { context.fields.isEmpty() || context.keys < 1 };
"""
"""What holds for every question: officer, purpose and request id, as the national platform asks."""

_MOST_DECIDED = 20_000
_BUT_ID = attrgetter(*(each.name for each in fields(Question) if each.name != "request_id"))
_NO_ENTITIES = cedarpy.Entities.from_json_str("[]")


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a question may be answered, under which grant, and why."""

    allowed: bool
    grant: str
    ground: str
    reason: Sentence


def policy_of(grant: Grant) -> str:
    """The grant as a Cedar policy. Texts stand in it as JSON strings, which Cedar reads alike."""
    actions = ", ".join(f'Action::"{each}"' for each in sorted(grant.operations))
    fields = ", ".join(_text(name) for name in sorted(grant.fields))
    plain = "" if grant.sensitive_ground else "\n  && !context.sensitive"
    return (
        f"@id({_text(grant.id)})\n"
        f"@ground({_text(grant.ground)})\n"
        f"permit (\n  principal == Member::{_text(grant.member)},\n"
        f"  action in [{actions}],\n"
        f"  resource == Register::{_text(grant.register)}\n) when {{\n"
        f"  context.purpose == {_text(grant.purpose)}\n"
        f"  && [{fields}].containsAll(context.fields)\n"
        f"  && context.on >= {grant.first_day:%Y%m%d} && context.on <= {grant.last_day:%Y%m%d}\n"
        f"  && context.keys <= {grant.most_keys}{plain}\n}};\n"
    )


def _text(value: str) -> str:
    """A string as Cedar writes it: control and unusual characters by their number."""
    return '"' + "".join(_sign(sign) for sign in value) + '"'


def _sign(sign: str) -> str:
    if sign in {'"', "\\"}:
        return "\\" + sign
    return sign if sign.isprintable() else f"\\u{{{ord(sign):x}}}"


class PolicyBook:
    """All policies of a node, read and checked once; deciding reads nothing.

    `files` are the keeper's own policies by file name. Raises PolicyRefused with file and line for
    one that cannot be read or names what does not exist: a node does not start with it.
    """

    def __init__(self, grants: Iterable[Grant], files: Mapping[str, str] | None = None) -> None:
        own = list(_statements(OWN))
        for name, text in sorted((files or {}).items()):
            for line, statement in _statements(text):
                _check(name, line, statement)
                own.append((line, statement))
        self._of = _contents(grants := list(grants), files)
        self._grants: dict[tuple[str, str], list[Grant]] = {}
        for grant in sorted(grants, key=lambda one: one.id):
            self._grants.setdefault((grant.member, grant.register), []).append(grant)
        shared = "\n".join(statement for _, statement in own)
        self._shared = len(own)
        self._by_request = any("request_id" in text for text in (files or {}).values())
        self._decided: dict[tuple[object, ...], Decision] = {}
        self._empty = cedarpy.PolicySet.from_str(shared)
        # Only the grants of one member for one register are looked at: the cost of a decision
        # grows with their number.
        self._slices = {
            key: cedarpy.PolicySet.from_str("\n".join([shared, *map(policy_of, held)]))
            for key, held in self._grants.items()
        }

    def is_of(self, grants: Iterable[Grant], files: Mapping[str, str]) -> bool:
        """Whether these grants and files would make the same book."""
        return self._of == _contents(grants, files)

    def decide(self, question: Question) -> Decision:
        """Allow what one grant covers whole and nothing forbids; else say what is missing.

        The same question again is not decided anew: a book never changes, and one that was made
        of other grants has a memory of its own. The request id counts only where a policy of the
        keeper's speaks of it.
        """
        asked = _BUT_ID(question)
        key = (*asked, question.request_id if self._by_request else bool(question.request_id))
        known = self._decided.get(key)
        if known is None:
            if len(self._decided) >= _MOST_DECIDED:
                self._decided.clear()
            known = self._decided[key] = self._decide(question)
        return known

    def _decide(self, question: Question) -> Decision:
        held = self._grants.get((question.member, question.register), [])
        policies = self._slices.get((question.member, question.register), self._empty)
        told = cedarpy.is_authorized(_request(question), policies, _NO_ENTITIES)
        if not told.allowed or told.diagnostics.errors:
            return Decision(
                allowed=False, grant="", ground="", reason=self._refusal(question, held)
            )
        places = sorted(int(each.removeprefix("policy")) for each in told.diagnostics.reasons)
        grants = [held[place - self._shared] for place in places if place >= self._shared]
        if not grants:
            # A policy of the keeper's own permits: that is no grant, and names no ground.
            return Decision(allowed=False, grant="", ground="", reason=_NO_GRANT)
        grant = grants[0]
        ground = grant.sensitive_ground if question.sensitive else grant.ground
        return Decision(
            allowed=True,
            grant=grant.id,
            ground=ground,
            reason=Sentence(
                vi=f"Được phép theo quyền khai thác {grant.id}, căn cứ {ground}.",
                en=f"Allowed by the grant {grant.id} on the ground of {ground}.",
            ),
        )

    def _refusal(self, question: Question, held: list[Grant]) -> Sentence:
        if not held:
            return _NO_GRANT
        nearest = min(
            held, key=lambda grant: sum(not each.holds for each in conditions(grant, question))
        )
        broken = [each.sentence for each in conditions(nearest, question) if not each.holds]
        if not broken:
            return _FORBIDDEN
        return Sentence(
            vi=f"Không có quyền khai thác nào đủ; gần nhất là {nearest.id}: "
            + "; ".join(one.vi for one in broken)
            + ".",
            en=f"No grant covers the question; the nearest is {nearest.id}: "
            + "; ".join(one.en for one in broken)
            + ".",
        )


def own_policies(folder: Path) -> dict[str, str]:
    """The keeper's own policies by file name. Raises PolicyRefused for one that is no text."""
    return {str(file): _policy(file) for file in sorted((folder / "policies").glob("*.cedar"))}


def _policy(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as wrong:
        raise _no_policy(file, 0) from wrong
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise _no_policy(file, 1 + content.count(b"\n", 0, wrong.start)) from wrong


def _no_policy(file: Path, line: int) -> PolicyRefused:
    return PolicyRefused(
        Sentence(
            vi="Tệp chính sách không đọc được, hoặc không phải văn bản UTF-8. Sửa tệp.",
            en="The policy file cannot be read, or is no text in UTF-8. Mend the file.",
        ),
        place=Place(file=str(file), row=line),
    )


def _contents(
    grants: Iterable[Grant], files: Mapping[str, str] | None
) -> tuple[list[Grant], dict[str, str]]:
    return sorted(grants, key=lambda one: one.id), dict(files or {})


_NO_GRANT = Sentence(
    vi="Cơ quan này chưa có quyền khai thác cơ sở dữ liệu được hỏi.",
    en="This member holds no grant for the register that was asked.",
)
_FORBIDDEN = Sentence(
    vi="Bị cấm theo chính sách của nút: cần nêu cán bộ, thủ tục, mã câu hỏi và trường được hỏi, "
    "hoặc cơ quan giữ dữ liệu có chính sách riêng.",
    en="Forbidden by a policy of the node: officer, procedure, request id and fields must be "
    "named, or the keeper has a policy of its own.",
)


def _request(question: Question) -> dict[str, object]:
    return {
        "principal": {"type": "Member", "id": question.member},
        "action": {"type": "Action", "id": str(question.operation)},
        "resource": {"type": "Register", "id": question.register},
        "context": {
            "officer": question.officer,
            "purpose": question.purpose,
            "request_id": question.request_id,
            "fields": sorted(question.fields),
            "on": int(f"{question.on:%Y%m%d}"),
            "keys": question.keys,
            "sensitive": question.sensitive,
        },
    }


def _check(name: str, line: int, statement: str) -> None:
    """Raise PolicyRefused for a statement that Cedar cannot read or that names nothing real."""
    told = cedarpy.validate_policies(statement, SCHEMA)
    if not told.validation_passed:
        reasons = sorted({str(error).split("`, ")[-1] for error in told.errors})
        raise PolicyRefused(
            Sentence(
                vi=f"Chính sách không dùng được ({'; '.join(reasons)}). Sửa tệp rồi khởi động lại.",
                en=f"The policy cannot be used ({'; '.join(reasons)}). Mend the file, start again.",
            ),
            place=Place(file=name, row=line),
        )


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each policy with the line it begins on: Cedar's own errors name no line."""
    start, at, line, begun = 0, 0, 1, 0
    while at < len(text):
        stop = _skipped(text, at)
        if stop > at:
            line += text.count("\n", at, stop)
            at = stop
            continue
        begun = begun or line
        if text[at] == '"':
            stop = _string_end(text, at)
            line += text.count("\n", at, stop)
            at = stop
            continue
        at += 1
        if text[at - 1] == ";":
            yield begun, text[start:at].strip()
            start, begun = at, 0
    if begun:
        yield begun, text[start:].strip()


def _skipped(text: str, at: int) -> int:
    """Where blanks or a comment that begin here end."""
    if text.startswith("//", at):
        end = text.find("\n", at)
        return len(text) if end < 0 else end
    return at + 1 if text[at].isspace() else at


def _string_end(text: str, at: int) -> int:
    at += 1
    while at < len(text) and text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return min(at + 1, len(text))
