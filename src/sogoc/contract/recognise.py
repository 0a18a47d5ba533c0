"""What a column holds, told by the readers of the values themselves and by its header.

A kind whose values prove it (a tax code closes its check digit, a commune stands in the list of
units, a card has its fifteen signs) needs no header. Where shapes are shared, as nine digits are,
the header must say it as well. The rest of the column, up to a fifth, is the dirt that the
contract will name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.values.identifiers import tax
from sogoc.values.kinds import Kind
from sogoc.values.names import folded
from sogoc.values.readers import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sogoc.localities.units import Units

_ENOUGH = 0.8
_NEARLY_ALL = 0.98
"""Plain numbers: house numbers look like them until one reads 12A."""
_MOST = 0.6
_SAMPLE = 2000
_FEWEST_PROOFS = 3
"""Distinct values, below which a check digit or a list of units may fit by chance."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The kind, and in words what it was read as; `old_map`: most of its units are no more."""

    kind: Kind
    said: str
    old_map: bool = False


@dataclass(frozen=True, slots=True)
class _Sign:
    """What tells a kind: cells that hold it, and words of the header unless cells suffice."""

    kind: Kind
    said: str
    holds: Callable[[str], bool]
    words: str = ""
    enough: float = _ENOUGH
    proofs: int = 1


def recognise(header: str, written: Sequence[str], units: Units) -> Recognised:
    """What the filled cells of a column hold; text, where nothing else is likely."""
    words = folded(header).replace("_", " ")
    cells = written[:: len(written) // _SAMPLE + 1]
    for sign in _signs(units) if cells else ():
        if sign.words and not re.search(rf"\b({sign.words})", words):
            continue
        held = [text for text in cells if sign.holds(text)]
        share = len(held) / len(cells)
        if share >= sign.enough and len(set(held)) >= sign.proofs:
            is_old = sign.kind is Kind.COMMUNE and _is_of_old_map(held, units)
            return Recognised(sign.kind, f"{share:.0%} đọc được là {sign.said}", old_map=is_old)
    return Recognised(Kind.TEXT, "chữ tự do")


def _by_reader(kind: Kind, shape: str = "") -> Callable[[str], bool]:
    """Whether the kind's reader gives a value, or proposes one for a cell that was a number."""
    pattern = re.compile(shape)

    def holds(text: str) -> bool:
        if not pattern.search(text):
            return False
        found = [read(kind, text), read(kind, text, cell="n")]
        return any(one.value is not None or one.proposal is not None for one in found)

    return holds


def _shaped(shape: str) -> Callable[[str], bool]:
    pattern = re.compile(shape)
    return lambda text: bool(pattern.search(text))


def _is_closed(text: str) -> bool:
    digits = re.sub("[ .-]", "", text)
    return bool(re.fullmatch("[0-9]{10}([0-9]{3})?", digits)) and tax.is_closed(digits)


_SURNAMES_TOLD = """
nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly truong dinh trinh nong mai ha
doan luong cao dao luu trieu phung dam chu vi ta to thai lam chau quach kieu luc hua mac bach be ma
lo quang tong vang giang sung thao ly hau thach danh son kim sieu siu ksor nie eban mlo kbuor kpa
rah ro nay y h rcom
"""
_SURNAMES = frozenset(_SURNAMES_TOLD.split())
_FEWEST_WORDS, _MOST_WORDS = 2, 7


def _is_name(text: str) -> bool:
    parts = folded(text.replace("'", " ")).split()
    shaped = _FEWEST_WORDS <= len(parts) <= _MOST_WORDS and "," not in text
    return shaped and parts[0] in _SURNAMES and read(Kind.PERSON_NAME, text).value is not None


_PARTS_TOLD = """
thôn xóm ấp bản buôn làng tổ khu khóm xã phường quận huyện tỉnh đường phố số ngõ
"""
_PARTS_OF_ADDRESSES = re.compile(rf"\b({'|'.join(_PARTS_TOLD.split())})\b", re.IGNORECASE)
_SOME = 2


def _is_address(text: str) -> bool:
    parts = _PARTS_OF_ADDRESSES.findall(text)
    return len(parts) >= _SOME or (bool(parts) and "," in text)


def _unit_of(level: str, units: Units) -> Callable[[str], bool]:
    """Whether a text is the code or the name of such a unit on any map."""
    eras = units.eras()

    def holds(text: str) -> bool:
        if text.isdigit():
            length = 2 if level == "province" else 5
            found = [units.unit(text.rjust(length, "0"), day) for day in eras]
            return len(text) <= length and any(one and one.level == level for one in found)
        return any(units.find(text, level=level, day=day) for day in eras)

    return holds


def _is_of_old_map(held: Sequence[str], units: Units) -> bool:
    """Whether most codes are of units that are no more."""
    today = units.eras()[-1]
    codes = [text.rjust(5, "0") for text in held if text.isdigit()]
    gone = sum(units.unit(code, today) is None for code in codes)
    return bool(codes) and 2 * gone > len(codes)


_DAY = r"[0-3]?[0-9][-/.][01]?[0-9][-/.](19|20)[0-9]{2}|(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]"
_YEAR = r"(19|20)[0-9]{2}"
_PHONE = r"^(\+?84|0)[ .-]?[0-9]([ .()-]?[0-9]){7,9}$"
_AMOUNT = "^-?[0-9][0-9., ]*"


def _signs(units: Units) -> tuple[_Sign, ...]:
    """The first that fits is proposed: what is rare stands before what is common."""
    commune, province = _unit_of("commune", units), _unit_of("province", units)
    return (*_OF_NUMBERS, *_of_units(commune, province), *_OF_LAND, *_OF_THE_REST)


def _of_units(commune: Callable[[str], bool], province: Callable[[str], bool]) -> tuple[_Sign, ...]:
    digits, letters = _shaped("^[0-9]{5}$"), _shaped("^[^0-9,]+$")
    word = "xa|phuong|dvhc|ward|commune|don vi hanh chinh"
    return (
        _Sign(
            Kind.COMMUNE,
            "mã xã",
            lambda text: digits(text) and commune(text),
            enough=0.9,
            proofs=_FEWEST_PROOFS,
        ),
        _Sign(Kind.PROVINCE, "tỉnh, thành phố", province, words="tinh|thanh pho|province"),
        _Sign(
            Kind.PROVINCE,
            "tên tỉnh, thành phố",
            lambda text: letters(text) and province(text),
            proofs=_FEWEST_PROOFS,
        ),
        _Sign(Kind.COMMUNE, "mã hoặc tên xã", commune, words=word),
        _Sign(
            Kind.COMMUNE,
            "tên xã",
            lambda text: letters(text) and commune(text),
            proofs=_FEWEST_PROOFS,
            enough=0.9,
        ),
        _Sign(Kind.COMMUNE, "mã xã", _shaped("^[0-9]{3,5}$"), words=word),
    )


_OF_NUMBERS = (
    _Sign(Kind.PERSONAL_ID, "số định danh", _by_reader(Kind.PERSONAL_ID, "^[' ]*0[0-9 ]{11,14}$")),
    _Sign(
        Kind.PERSONAL_ID,
        "số định danh",
        _shaped("^[0-9]{9,12}$"),
        words="dinh danh|cccd|can cuoc|ddcn",
    ),
    _Sign(Kind.OLD_ID, "số CMND", _shaped("^[0-9]{8,9}$"), words="cmnd|cmt|chung minh|giay to"),
    _Sign(
        Kind.INSURANCE_CARD,
        "mã thẻ bảo hiểm y tế",
        _shaped("^[A-Za-z]{2}[ -]?[1-5]([ -]?[0-9]){12}$"),
    ),
    _Sign(
        Kind.INSURANCE_NUMBER,
        "mã số bảo hiểm xã hội",
        _shaped("^[0-9]{9,10}$"),
        words="bhxh|bao hiem|so so",
    ),
    _Sign(
        Kind.TAX_CODE,
        "mã số thuế",
        _shaped("^[0-9]{9,10}(-?[0-9]{3})?$|^[0-9]{12}$"),
        words="thue|mst|tax|doanh nghiep",
    ),
    _Sign(
        Kind.TAX_CODE,
        "mã số thuế (đúng số kiểm tra)",
        _is_closed,
        proofs=_FEWEST_PROOFS,
    ),
    _Sign(Kind.PHONE, "điện thoại", _by_reader(Kind.PHONE, _PHONE)),
    _Sign(
        Kind.PHONE,
        "điện thoại",
        _by_reader(Kind.PHONE),
        words="dien thoai|sdt|so dt|phone|di dong|mobile|lien he",
    ),
    _Sign(Kind.EMAIL, "thư điện tử", _by_reader(Kind.EMAIL)),
)

_OF_LAND = (
    _Sign(
        Kind.LAND_CERTIFICATE,
        "số Giấy chứng nhận",
        _shaped("^[A-Za-zĐđ]{1,2} ?[0-9]{6,8}$"),
        words="gcn|giay chung nhan|phat hanh|seri",
    ),
    _Sign(
        Kind.LAND_CERTIFICATE,
        "số Giấy chứng nhận",
        _shaped("^[A-ZĐ]{2} ?([0-9]{6}|[0-9]{8})$"),
        enough=0.9,
        proofs=_FEWEST_PROOFS,
    ),
    _Sign(
        Kind.PARCEL_ID,
        "mã định danh thửa đất",
        _shaped("^[0-9A-Za-z]{12}$"),
        words="ma thua|dinh danh thua",
    ),
    _Sign(Kind.BOOK_ENTRY, "số vào sổ", _by_reader(Kind.BOOK_ENTRY), words="vao so"),
    _Sign(
        Kind.BOOK_ENTRY,
        "số vào sổ",
        _shaped("^(CS|CH|CT|VP|H)[ .-]?[0-9]{3,6}$"),
        proofs=_FEWEST_PROOFS,
    ),
    _Sign(
        Kind.MAP_SHEET,
        "số tờ bản đồ",
        _by_reader(Kind.MAP_SHEET),
        words="so to|to ban do|shto|to so",
    ),
    _Sign(
        Kind.PARCEL_NUMBER,
        "số thửa",
        _by_reader(Kind.PARCEL_NUMBER),
        words="so thua|shthua|thua so|thua dat so",
    ),
    _Sign(Kind.AREA, "diện tích", _shaped(_AMOUNT + "( ?m2| ?m²)?$"), words="dien tich|area"),
    _Sign(Kind.AREA, "diện tích", _shaped(_AMOUNT + " ?(m2|m²)$")),
)

_OF_THE_REST = (
    _Sign(
        Kind.MONEY,
        "số tiền",
        _shaped(_AMOUNT + "( ?(đ|vnd|đồng))?$"),
        words="tien|kinh phi|luong|so du|dong|von|gia tri|thanh tien|muc dong",
    ),
    _Sign(Kind.MONEY, "số tiền", _shaped("(?i)" + _AMOUNT + " ?(đ|vnđ|vnd|đồng)$")),
    _Sign(Kind.SEX, "giới tính", _by_reader(Kind.SEX)),
    _Sign(
        Kind.PARTIAL_DATE,
        "ngày có độ chính xác",
        _by_reader(Kind.PARTIAL_DATE),
        words="sinh|birth|dob",
    ),
    _Sign(Kind.TIMESTAMP, "ngày giờ", _shaped(rf"^({_DAY})[ T][0-2]?[0-9]:[0-5][0-9]"), enough=0.9),
    _Sign(Kind.DATE, "ngày", _shaped(rf"^({_DAY})")),
    _Sign(
        Kind.PARTIAL_DATE,
        "ngày, có khi chỉ tháng hoặc năm",
        _shaped(rf"^(({_DAY})|([01]?[0-9][-/.])?{_YEAR})$"),
        words="ngay|nam|thang|date|year",
    ),
    _Sign(
        Kind.PERSON_NAME,
        "họ và tên",
        _shaped("^[^0-9]{2,60}$"),
        words="ho (va )?ten|ho,? chu dem|chu ho|full.?name|nguoi|cha$|me$|vo$|chong$",
    ),
    _Sign(Kind.PERSON_NAME, "họ và tên", _is_name, proofs=_FEWEST_PROOFS),
    _Sign(
        Kind.ADDRESS,
        "địa chỉ",
        _shaped("[^0-9]"),
        words="dia chi|noi o|thuong tru|tam tru|que quan|noi sinh|address",
    ),
    _Sign(Kind.ADDRESS, "địa chỉ", _is_address, enough=_MOST, proofs=_FEWEST_PROOFS),
    _Sign(Kind.YES_NO, "có hoặc không", _shaped("^(?i:có|không|co|khong|yes|no|x|true|false)$")),
    _Sign(Kind.INTEGER, "số nguyên", _shaped("^-?[0-9]{1,9}$"), enough=_NEARLY_ALL),
    _Sign(Kind.NUMBER, "số", _shaped("^-?([0-9]{1,9}|[0-9]+[.,][0-9]+)$"), enough=_NEARLY_ALL),
)
