"""The population request in the shape of the national platform (NDXP).

The fields are those of an unofficial extract; the platform's present interface is not public. So
this is a shape to build against, checked with a simulator, and not a claim to be the platform's:
what differs there is changed here and nowhere else. The answer is in the envelope of provincial
platforms, `{code, status, correlationId, response: {error_code, message, data}}`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.errors import AnswerRefused, BadQuestion, Sentence
from sogoc.facades.people import parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = (
    *("MaYeuCau", "MaDonVi", "MaCanBo", "MaDVC", "MaTichHop"),
    *("SoDinhDanh", "SoCMND", "HoVaTen", "NgayThangNamSinh"),
)
FOUND, NOT_FOUND, BAD, DENIED = "0", "1", "2", "3"
"""`error_code`: the person and all agree; not so; the request breaks the form; not allowed."""
_LONGEST = {"MaYeuCau": 40, "MaDonVi": 35}
_USUAL_LENGTH = 200
_BORN = re.compile(r"\d{4}(-\d{2}-\d{2})?")
_NUMBER, _OLD = re.compile(r"\d{12}"), re.compile(r"\d{9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationRequest:
    """Who asks, for whom and why, and the triple that must agree before anything is told."""

    request_id: str
    """`MaYeuCau`"""
    agency: str
    """`MaDonVi`"""
    officer: str
    """`MaCanBo`"""
    procedure: str
    """`MaDVC`"""
    service: str
    """`MaTichHop`: the code under which the service was granted."""
    name: str
    born: str
    number: str = ""
    old_number: str = ""
    """`SoCMND`, where there is no number of twelve digits."""

    def told(self) -> dict[str, str]:
        """As it travels."""
        values = (
            *(self.request_id, self.agency, self.officer, self.procedure, self.service),
            *(self.number, self.old_number, self.name, self.born),
        )
        return {name: value for name, value in zip(FIELDS, values, strict=True) if value}


def read_request(body: bytes) -> PopulationRequest:
    """Read a request. Raises BadQuestion with what is missing or in no form."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise _bad("nội dung không phải JSON", "the body is not JSON") from wrong
    if not isinstance(told, dict) or not told.keys() <= set(FIELDS):
        raise _bad(f"các mục là {', '.join(FIELDS)}", f"its members are {', '.join(FIELDS)}")
    texts = {name: told.get(name, "") for name in FIELDS}
    for name, text in texts.items():
        if not isinstance(text, str) or len(text) > _LONGEST.get(name, _USUAL_LENGTH):
            raise _bad(f"{name} quá dài hoặc không phải chuỗi", f"{name} is too long or no text")
    missing = [name for name in FIELDS if name not in {"SoDinhDanh", "SoCMND"} and not texts[name]]
    if missing:
        raise _bad(f"thiếu {', '.join(missing)}", f"{', '.join(missing)} is missing")
    _check_person(texts)
    return PopulationRequest(
        request_id=texts["MaYeuCau"],
        agency=texts["MaDonVi"],
        officer=texts["MaCanBo"],
        procedure=texts["MaDVC"],
        service=texts["MaTichHop"],
        number=texts["SoDinhDanh"],
        old_number=texts["SoCMND"],
        name=texts["HoVaTen"],
        born=texts["NgayThangNamSinh"],
    )


def _check_person(texts: Mapping[str, str]) -> None:
    if not _BORN.fullmatch(texts["NgayThangNamSinh"]):
        raise _bad("NgayThangNamSinh là yyyy-mm-dd hoặc yyyy", "a birth date is yyyy-mm-dd or yyyy")
    number, old = texts["SoDinhDanh"], texts["SoCMND"]
    if not (_NUMBER.fullmatch(number) or (not number and _OLD.fullmatch(old))):
        raise _bad(
            "cần SoDinhDanh 12 số, hoặc SoCMND 9 số nếu chưa có",
            "SoDinhDanh has 12 digits; without one, SoCMND has 9",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationAnswer:
    """What came back: whether all three agree, and then the fields that are granted."""

    agrees: bool
    fields: Mapping[str, str]
    simulated: bool
    """Whether a simulator answered, whose people are made up."""


def told_name(name: str) -> dict[str, str]:
    """A name as the platform cuts it."""
    parts = parts_of(name)
    return {"Ho": parts.family, "ChuDem": parts.middle, "Ten": parts.given}


def read_answer(body: bytes) -> PopulationAnswer:
    """Read an answer. Raises AnswerRefused for a refusal, or what is no answer."""
    try:
        told: Any = json.loads(body)
        response = told["response"]
        code, data = str(response["error_code"]), response.get("data") or {}
        said = str(response.get("message", ""))[:300]
        fields = {str(name): str(value) for name, value in data.items()}
        simulated = bool(told.get("simulator"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise _refused("-", "the answer is in no form") from wrong
    if code not in {FOUND, NOT_FOUND}:
        raise _refused(code, said)
    return PopulationAnswer(agrees=code == FOUND, fields=fields, simulated=simulated)


def _refused(code: str, said: str) -> AnswerRefused:
    return AnswerRefused(
        Sentence(
            vi=f"Nền tảng dữ liệu từ chối ({code}): {said}",
            en=f"The data platform refused ({code}): {said}",
        ),
        error=code,
    )


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Yêu cầu không hợp lệ: {vi}.", en=f"Not a request: {en}."))
