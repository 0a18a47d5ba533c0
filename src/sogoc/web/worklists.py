"""Worklists over the pages: made, downloaded, brought back, shown, applied.

A returned file lies in a folder of this process until its officer has seen what it would change;
nothing of it is kept if he goes away. Only applying it makes it a delivery.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import weakref
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, RedirectResponse

from sogoc.errors import Sentence, WorklistRefused
from sogoc.node.returns import Signed, apply_return, desk, preview_return
from sogoc.web.masking import masked_change
from sogoc.web.view import no_such
from sogoc.worklists.place import Place
from sogoc.worklists.write import write

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sogoc.web.reading.figures import Reader
    from sogoc.web.view import View

LARGEST = 50_000_000
"""Bytes of a returned file: five times the largest list that goes out."""
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Waiting:
    """Files that were brought back and wait for a yes; gone with the process."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sogoc-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    async def keep(self, sent: UploadFile) -> str:
        """Lay a file down; return the word under which it lies."""
        word = secrets.token_urlsafe(16)
        own = self._folder / word
        own.mkdir()
        (own / (Path(sent.filename or "").name[-120:] or "worklist.xlsx")).write_bytes(
            await sent.read()
        )
        return word

    def file(self, word: str) -> Path:
        """The file under that word. Raises UnknownThing."""
        for own in self._folder.iterdir():
            if secrets.compare_digest(own.name.encode(), word.encode()):
                return next(own.iterdir())
        raise no_such("tệp trả lại đang chờ", "returned file waiting")


async def make_page(view: View, request: Request) -> Response:
    """Write the lists of one place, and go back to where they are listed."""
    async with request.form() as form:
        place = Place(locality=str(form.get("locality", "")), hamlet=str(form.get("hamlet", "")))
    register = request.path_params["register"]
    await run_in_threadpool(_make, view, register, place)
    return _to(view.path("registers", register, "worklists") + "#handed-out")


def file_page(view: View, reader: Reader, number: int) -> Response:
    """A worklist as it was made."""
    found = reader.worklists(id=number)
    if not found:
        raise no_such("danh sách", "worklist")
    file = view.parts.worklist_folder / found[0].register / Path(found[0].file_name).name
    if not file.is_file():
        raise no_such("tệp danh sách trong thư mục của nút", "file in the node's folder")
    return FileResponse(file, media_type=_WORKBOOK, filename=file.name)


async def brought_back_page(view: View, request: Request, waiting: Waiting) -> Response:
    """What a returned file would change; nothing is written."""
    _refuse_what_is_too_long(request)
    async with request.form() as form:
        sent = form.get("file")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise _refused("Hãy chọn tệp danh sách trả lại.", "Choose the returned worklist.")
        word = await waiting.keep(sent)
    return await run_in_threadpool(_preview, view, word, waiting.file(word))


def _refuse_what_is_too_long(request: Request) -> None:
    """A form that does not say how long it is might never end: browsers always say it."""
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise _refused("Yêu cầu không ghi độ dài.", "The request does not tell its length.")
    if int(length) > LARGEST:
        raise _refused("Tệp quá lớn.", "The file is too large.")


async def apply_page(view: View, request: Request, waiting: Waiting) -> Response:
    """Apply the file that was shown, and go to the delivery that it became."""
    _refuse_what_is_too_long(request)
    async with request.form() as form:
        evidence = str(form.get("evidence", ""))[:500]
    file = waiting.file(request.path_params["word"])
    signed = Signed(officer=view.parts.officer, evidence=evidence)
    number = await run_in_threadpool(_apply, view, file, signed)
    file.unlink(missing_ok=True)
    file.parent.rmdir()
    return _to(view.path("deliveries", number) if number else view.path(""))


def _make(view: View, register: str, place: Place) -> None:
    with view.parts.work() as parts, parts.connection.transaction():
        work = desk(parts, register, keeper=view.parts.keeper)
        if not write(work, place, view.parts.worklist_folder / register):
            raise no_such("lỗi nào phải giao ở địa bàn", "place with something to repair")


def _preview(view: View, word: str, file: Path) -> Response:
    with view.parts.work() as parts:
        shown = preview_return(parts, file, keeper=view.parts.keeper)
    return view.show(
        "returned.html", register=shown.register, shown=shown, word=word, masked=masked_change
    )


def _apply(view: View, file: Path, signed: Signed) -> int | None:
    with view.parts.work() as parts:
        return apply_return(parts, file, signed, keeper=view.parts.keeper)[1]


def _to(address: str) -> Response:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _refused(vi: str, en: str) -> WorklistRefused:
    return WorklistRefused(Sentence(vi, en))
