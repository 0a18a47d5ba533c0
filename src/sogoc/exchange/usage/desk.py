"""The services of the subject's view, put together: read, standing, decide, look up, journal, tell.

Looking is itself a use of personal data: it needs a grant like any other, its rate holds, and it
stands in the journal, where the subject sees who looked in their name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sogoc.access.grant import Operation
from sogoc.access.keeping.rule_file import Officers
from sogoc.access.usage import USAGE, shown
from sogoc.errors import BadQuestion, Sentence, SogocError, UnknownThing
from sogoc.exchange.answering import Asked, Found, answer, refuse
from sogoc.exchange.names import address
from sogoc.exchange.protocol import envelope
from sogoc.exchange.usage import asked as questions
from sogoc.exchange.usage import told as answers
from sogoc.exchange.usage.standing import standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sogoc.access.entry import Entry
    from sogoc.access.keeping.rule_file import JournalRules
    from sogoc.access.usage import Shown
    from sogoc.contract.model import Register
    from sogoc.exchange.answering import Answering
    from sogoc.exchange.names import Address
    from sogoc.exchange.usage.asked import Wanted
    from sogoc.exchange.usage.standing import Kin
    from sogoc.trust.messages import Request

FIND, GOVSTACK, OWN = "findUsage", "myPersonalDataUsage", "usage"
SERVICES = (FIND, GOVSTACK, OWN)
_TRACKER_FIELDS = frozenset({"at", "action", "receiver"})
_GOVSTACK_FIELDS = frozenset({"at", "receiver", "officer", "request_id"})
_PROOF_FIELDS = frozenset({"proof"})


class Book(Protocol):
    """The journal, as the subject's view reads it.

    Promise: what is deferred or withheld is neither given nor counted before its day.
    """

    def about(
        self,
        subject: str,
        *,
        now: datetime,
        register: str = "",
        period: tuple[datetime | None, datetime | None] = (None, None),
        page: tuple[int, int] = (0, 1000),
    ) -> tuple[int, list[tuple[int, Entry]]]:
        """How many entries there are about a person, and a page of them, newest first.

        `period` is from (included) until (not included), `register` empty: all registers.
        """

    def titles(self, purposes: set[str]) -> dict[str, str]:
        """What procedures are for, in words."""

    def kept_since(self) -> datetime | None:
        """The moment of the oldest entry that still says something."""

    def entry(self, number: int, subject: str, *, now: datetime) -> Entry | None:
        """One entry, if it is about this person and may be shown."""

    def proof(self, number: int) -> str:
        """The proof of one entry, as a file. Raises BrokenLog before a checkpoint holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageDesk:
    """What the services are given."""

    provider: str
    address: str
    book: Callable[[], Book]
    """This thread's."""
    kin: Callable[[], Kin]
    rules: JournalRules
    registers: Mapping[str, Register]
    names: Callable[[str], str]
    """The name of the agency to which a subsystem belongs; empty if nobody knows it."""

    def answered(self, request: Request, by: Answering) -> Found:
        """Answer one believed request to these services.

        Raises BadQuestion, AccessDenied, TooManyQuestions, UnknownThing, StoreError.
        """
        path, _, query = request.target_uri.removeprefix(self.address).partition("?")
        where = address(path, query)
        if str(where.service.provider) != self.provider:
            raise BadQuestion(
                Sentence(vi="Câu hỏi gửi nhầm nút.", en="The question is for another node.")
            )
        service = _PATHS.get((request.method, where.service.code, where.path))
        if service is None:
            raise UnknownThing(
                Sentence(
                    vi="Nút này không có dịch vụ ở địa chỉ đó.",
                    en="This node has no service at that address.",
                )
            )
        return service(self, request, where, by)

    def _find(self, request: Request, where: Address, by: Answering) -> Found:
        wanted = questions.tracker(where.query)
        view = _View(self, by, wanted, self._tracker)
        return self._looked_up(request, view, _TRACKER_FIELDS)

    def _tracker(self, total: int, page: list[Shown]) -> bytes:
        return answers.tracker(total, page, names=self.names, registers=self.registers)

    def _govstack(self, request: Request, where: Address, by: Answering) -> Found:
        asked = questions.govstack(where.query)
        return self._by_register(request, by, asked, tell=answers.govstack)

    def _older_govstack(self, request: Request, where: Address, by: Answering) -> Found:
        asked = questions.older_govstack(where.query)
        return self._by_register(request, by, asked, tell=answers.older_govstack)

    def _by_register(
        self,
        request: Request,
        by: Answering,
        asked: tuple[Wanted, str],
        *,
        tell: Callable[..., bytes],
    ) -> Found:
        wanted, database = asked
        if database not in self.registers:
            raise BadQuestion(
                Sentence(
                    vi="databaseId không phải cơ sở dữ liệu của nút này.",
                    en="databaseId names no register of this node.",
                )
            )
        view = _View(
            self,
            by,
            wanted,
            lambda _total, page: tell(page, names=self.names),
            register=database,
        )
        return self._looked_up(request, view, _GOVSTACK_FIELDS)

    def _own(self, request: Request, where: Address, by: Answering) -> Found:
        del where
        wanted, more = questions.own(request.body, frozenset({"fields"}))
        known = {field.name for field in USAGE.objects[0].fields} - _PROOF_FIELDS
        fields = more.get("fields")
        if not isinstance(fields, list) or not fields or not set(map(str, fields)) <= known:
            raise BadQuestion(
                Sentence(
                    vi=f"fields phải là danh sách trong {', '.join(sorted(known))}.",
                    en=f"fields is a list out of {', '.join(sorted(known))}.",
                )
            )
        names = frozenset(map(str, fields))
        view = _View(
            self,
            by,
            wanted,
            lambda total, page: answers.own(
                total, page, names, names=self.names, registers=self.registers
            ),
        )
        return self._looked_up(request, view, names)

    def _proof(self, request: Request, where: Address, by: Answering) -> Found:
        del where
        wanted, more = questions.own(request.body, frozenset({"number"}))
        number = more.get("number")
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise BadQuestion(
                Sentence(
                    vi="number phải là số của mục trong nhật ký.",
                    en="number is the number of an entry of the journal.",
                )
            )
        return self._looked_up(request, _Proof(self, by, wanted, number), _PROOF_FIELDS)

    def _looked_up(self, request: Request, view: _View | _Proof, fields: frozenset[str]) -> Found:
        told = envelope(request.headers)
        now = view.by.clock.now()
        stands = standing(
            view.wanted,
            questions.person_signed_in(told.officer),
            self.kin(),
            today=now.date(),
            of_age=self.rules.child_until_years,
        )
        question = Asked(
            register=USAGE,
            operation=Operation.USAGE,
            fields=fields,
            keys=(view.wanted.subject,),
            acting=stands.acting,
        )
        if stands.refusal is not None:
            refuse(told, question, stands.refusal, by=view.by)
        return answer(told, question, view, by=view.by)

    def _period(self, request: Request, where: Address, by: Answering) -> Found:
        _no_parameters(where)
        del request
        since = self.book().kept_since() or by.clock.now()
        return Found(body=answers.written({"periodStart": answers.moment(since)}))

    def _heartbeat(self, request: Request, where: Address, by: Answering) -> Found:
        _no_parameters(where)
        del request, by
        try:
            self.book().kept_since()
        except SogocError as failed:
            told = {"status": "FAIL", "message": failed.sentence.en}
            return Found(body=answers.written(told))
        return Found(body=answers.written({"status": "OK"}))


_PATHS = {
    ("GET", FIND, "/v2/findUsage"): UsageDesk._find,  # noqa: SLF001 - its own paths
    ("GET", FIND, "/v2/usagePeriod"): UsageDesk._period,  # noqa: SLF001 - likewise
    ("GET", FIND, "/v2/heartbeat"): UsageDesk._heartbeat,  # noqa: SLF001 - likewise
    ("GET", GOVSTACK, "/data/myPersonalDataUsage"): UsageDesk._govstack,  # noqa: SLF001 - likewise
    ("GET", GOVSTACK, "/data/MyPersonalDataUsage/1.0"): UsageDesk._older_govstack,  # noqa: SLF001 - likewise
    ("POST", OWN, "/v1/find"): UsageDesk._own,  # noqa: SLF001 - likewise
    ("POST", OWN, "/v1/proof"): UsageDesk._proof,  # noqa: SLF001 - likewise
}


OFFERED = tuple((code, method, path) for method, code, path in _PATHS)
"""Code of the service, method and path of each question."""


@dataclass(frozen=True, slots=True)
class _View:
    """A shelf on which the entries about one person stand."""

    desk: UsageDesk
    by: Answering
    wanted: Wanted
    tell: Callable[[int, list[Shown]], bytes]
    register: str = ""

    def look_up(self, asked: Asked) -> Found:
        """The page that is wanted. The look-up itself is not among it: it is not yet journalled."""
        del asked
        desk, wanted = self.desk, self.wanted
        book = desk.book()
        total, page = book.about(
            wanted.subject,
            now=self.by.clock.now(),
            register=self.register,
            period=(wanted.since, wanted.until),
            page=(wanted.offset, wanted.limit),
        )
        titles = book.titles({entry.purpose for _, entry in page})
        entries = [
            shown(number, entry, desk.rules, titles=titles, subject=wanted.subject)
            for number, entry in page
        ]
        return Found(body=self.tell(total, entries), subjects=(wanted.subject,))


@dataclass(frozen=True, slots=True)
class _Proof:
    """A shelf on which the proof of one entry stands."""

    desk: UsageDesk
    by: Answering
    wanted: Wanted
    number: int

    def look_up(self, asked: Asked) -> Found:
        """The proof, if the entry is about this person and shows whole. Raises UnknownThing.

        A proof holds what the entry said to the letter: where officers or another person's affair
        are kept back, the keeper's office gives it instead, to whom the law lets have it.
        """
        del asked
        book, rules = self.desk.book(), self.desk.rules
        entry = book.entry(self.number, self.wanted.subject, now=self.by.clock.now())
        if entry is None:
            raise _no_entry()
        plain = rules.officers is Officers.NUMBER
        if not plain or entry.purpose in rules.other_persons_purposes:
            raise UnknownThing(
                Sentence(
                    vi="Bằng chứng của mục này nêu cả phần không được hiển thị; hãy yêu cầu tại cơ "
                    "quan giữ dữ liệu.",
                    en="The proof of this entry tells what is not shown here; ask for it at the "
                    "keeper's office.",
                )
            )
        return Found(
            body=answers.written({"number": self.number, "proof": book.proof(self.number)}),
            subjects=(self.wanted.subject,),
        )


def _no_entry() -> UnknownThing:
    return UnknownThing(
        Sentence(
            vi="Không có mục đó về người này, hoặc chưa hiển thị.",
            en="There is no such entry about this person, or it does not show.",
        )
    )


def _no_parameters(where: Address) -> None:
    if where.query:
        raise BadQuestion(
            Sentence(vi="Địa chỉ này không nhận tham số.", en="This address takes no parameters.")
        )
