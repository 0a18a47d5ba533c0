"""The pages of a node: every address on one page, errors as clear sentences."""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sogoc.errors import SogocError, StoreUnreachable, UnknownThing
from sogoc.web import lists, report, worklists
from sogoc.web.entrance import Entrance, Keys, enter
from sogoc.web.operating.counted import PAGES, Counted, shown
from sogoc.web.persons import doubles
from sogoc.web.persons import page as persons
from sogoc.web.reading.figures import Reader
from sogoc.web.reading.keepers import by_keeper
from sogoc.web.view import View
from sogoc.web.wording import LANGUAGES, Speech
from sogoc.worklists.place import ELSEWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from sogoc.node.figures.counting import Figures
    from sogoc.web.parts import Parts

STATUS: tuple[tuple[type[SogocError], HTTPStatus], ...] = (
    (UnknownThing, HTTPStatus.NOT_FOUND),
    (StoreUnreachable, HTTPStatus.SERVICE_UNAVAILABLE),
    (SogocError, HTTPStatus.BAD_REQUEST),
)
"""The first that fits."""


def app(parts: Parts, keys: Keys, figures: Figures | None = None) -> Starlette:
    """The pages over `parts`; `keys` lets in who holds the link; `figures` counts and is shown."""
    pages = Pages(parts)
    static = str(files("sogoc.web") / "static")
    made = Starlette(
        routes=[
            Route("/", pages.first),
            Route("/health", pages.health),
            Route("/enter/{token}", enter(keys)),
            *([Route("/metrics", shown(figures))] if figures else []),
            Mount("/static", StaticFiles(directory=static, check_dir=False)),
            *(
                Mount(f"/{language}", routes=pages.routes(), name=language)
                for language in LANGUAGES
            ),
        ],
        middleware=[
            *([Middleware(Counted, count=figures.request, places=PAGES)] if figures else []),
            Middleware(Entrance, keys=keys),
        ],
        exception_handlers={
            SogocError: pages.refused,
            HTTPException: pages.not_there,
            Exception: pages.failed,
        },
    )
    made.state.keys = keys
    return made


class Pages:
    """The pages that everybody inside may see, by address."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._waiting = worklists.Waiting()

    def routes(self) -> list[Route]:
        """The addresses below a language; the words in them are those of the glossary."""
        record = "/registers/{register}/{object}/{record:int}"
        return [
            Route("/", self.home),
            Route("/registers/{register}", self.register),
            Route("/registers/{register}/records", self.records),
            Route("/registers/{register}/findings", self.findings),
            Route("/registers/{register}/worklists", self.worklists),
            Route("/registers/{register}/worklists", self.make_worklist, methods=["POST"]),
            Route("/registers/{register}/duplicates", self.duplicates),
            Route("/registers/{register}/duplicates", self.search_doubles, methods=["POST"]),
            Route("/registers/{register}/duplicates/judge", self.judge_double, methods=["POST"]),
            Route("/worklists/returned", self.brought_back, methods=["POST"]),
            Route("/worklists/returned/{word}", self.apply_return, methods=["POST"]),
            Route("/worklists/{worklist:int}", self.worklist),
            Route(record, self.record),
            Route(record + "/persons/{person}", self.person),
            Route(record + "/persons/{person}", self.judge_person, methods=["POST"]),
            Route("/judgements/{judgement:int}/withdraw", self.withdraw, methods=["POST"]),
            Route("/deliveries/{delivery:int}", self.delivery),
            Route("/deliveries/{delivery:int}/near-duplicates", self.near_duplicates),
        ]

    def first(self, _request: Request) -> Response:
        """Vietnamese first."""
        return RedirectResponse("/vi/", HTTPStatus.SEE_OTHER)

    def health(self, _request: Request) -> Response:
        """For a watchman: whether the database answers. Holds nothing else."""
        with self._parts.open() as connection:
            connection.execute("select 1").fetchall()
        return JSONResponse({"state": "ok"})

    def home(self, request: Request) -> Response:
        """The registers of this node and its last deliveries."""
        with self._reading(request) as (view, reader):
            registers = list(self._parts.contracts.registers())
            standing = {one.register: one for one in reader.registers()}
            return view.show(
                "home.html",
                registers=registers,
                standing=standing,
                keepers=by_keeper(registers, standing),
                deliveries=reader.deliveries(),
            )

    def register(self, request: Request) -> Response:
        """How a register stands."""
        with self._reading(request) as (view, reader):
            return report.register_page(view, reader, request.path_params["register"])

    def delivery(self, request: Request) -> Response:
        """The report of one delivery."""
        with self._reading(request) as (view, reader):
            return report.delivery_page(view, reader, request.path_params["delivery"])

    def records(self, request: Request) -> Response:
        """A list of records."""
        with self._reading(request) as (view, reader):
            return lists.records_page(view, reader, request.path_params["register"])

    def record(self, request: Request) -> Response:
        """One record."""
        asked = request.path_params
        with self._reading(request) as (view, reader):
            path = (asked["register"], asked["object"], asked["record"])
            return lists.record_page(view, reader, path)

    def person(self, request: Request) -> Response:
        """Who a person of a record is, and why."""
        with self._reading(request) as (view, reader):
            return persons.person_page(view, reader, persons.who_of(view, request))

    async def judge_person(self, request: Request) -> Response:
        """Keep what a person decided about it."""
        view = self._view(request)
        return await persons.judge_page(view, request, persons.who_of(view, request))

    async def withdraw(self, request: Request) -> Response:
        """Withdraw a decision."""
        number = request.path_params["judgement"]
        return await persons.withdraw_page(self._view(request), request, number)

    def duplicates(self, request: Request) -> Response:
        """Persons who may stand twice in a register."""
        return doubles.doubles_page(self._view(request), request)

    async def search_doubles(self, request: Request) -> Response:
        """Search anew."""
        return await doubles.search_page(self._view(request), request)

    async def judge_double(self, request: Request) -> Response:
        """Keep what a person decided about two records."""
        return await doubles.judge_page(self._view(request), request)

    def findings(self, request: Request) -> Response:
        """A list of findings."""
        with self._reading(request) as (view, reader):
            return lists.findings_page(view, reader, request.path_params["register"])

    def near_duplicates(self, request: Request) -> Response:
        """Pairs to judge."""
        with self._reading(request) as (view, reader):
            return lists.near_duplicates_page(view, reader, request.path_params["delivery"])

    def worklists(self, request: Request) -> Response:
        """What to hand out, and what was."""
        with self._reading(request) as (view, reader):
            name = request.path_params["register"]
            hand_out = reader.to_hand_out(name)
            return view.show(
                "worklists.html",
                register=view.register(name),
                hand_out=hand_out,
                divided={row.locality for row in hand_out if row.hamlet},
                elsewhere=ELSEWHERE,
                worklists=reader.worklists(name),
            )

    async def make_worklist(self, request: Request) -> Response:
        """Make the worklists of one place."""
        return await worklists.make_page(self._view(request), request)

    def worklist(self, request: Request) -> Response:
        """A worklist, to download."""
        with self._reading(request) as (view, reader):
            return worklists.file_page(view, reader, request.path_params["worklist"])

    async def brought_back(self, request: Request) -> Response:
        """What a returned worklist would change."""
        return await worklists.brought_back_page(self._view(request), request, self._waiting)

    async def apply_return(self, request: Request) -> Response:
        """Apply what was shown."""
        return await worklists.apply_page(self._view(request), request, self._waiting)

    def refused(self, request: Request, error: Exception) -> Response:
        """An error of ours: its sentence, under the status of its kind."""
        if not isinstance(error, SogocError):
            raise error
        status = next(status for kind, status in STATUS if isinstance(error, kind))
        return self._view(request).show("message.html", status, sentence=error.sentence)

    def not_there(self, request: Request, error: Exception) -> Response:
        """An address that leads nowhere, or a method it does not take."""
        status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else _FAILED
        return self._view(request).show("message.html", status, sentence=None)

    def failed(self, request: Request, _error: Exception) -> Response:
        """Something nobody foresaw: no trace of it on the page, the log has it."""
        return self._view(request).show("message.html", _FAILED, sentence=None)

    @contextmanager
    def _reading(self, request: Request) -> Iterator[tuple[View, Reader]]:
        with self._parts.open() as connection:
            yield self._view(request), Reader(connection)

    def _view(self, request: Request) -> View:
        language = request.url.path.split("/")[1]
        spoken = language if language in LANGUAGES else LANGUAGES[0]
        return View(request, self._parts, Speech(spoken))


_FAILED = HTTPStatus.INTERNAL_SERVER_ERROR
