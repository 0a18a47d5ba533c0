"""Every way in which a value can be wrong, said in Vietnamese and in English.

A sentence says what is wrong and what to do. It never quotes the value: that stands beside it.
"""

from __future__ import annotations

from sogoc.errors import Sentence
from sogoc.values.kinds import Kind

_EVERY: dict[str, Sentence] = {
    "filler": Sentence(
        "Ô chỉ có chữ thay cho chỗ trống; điền giá trị thật hoặc để trống.",
        "A word that stands for nothing; write the real value or leave the cell empty.",
    ),
    "error-cell": Sentence(
        "Ô báo lỗi của bảng tính; mở tệp gốc và sửa công thức.",
        "The spreadsheet shows an error here; mend the formula in the original file.",
    ),
    "formula-without-value": Sentence(
        "Ô là công thức chưa được tính; mở tệp, tính lại rồi lưu.",
        "A formula that was never calculated; open the file, recalculate and save it.",
    ),
}
_DIGITS: dict[str, Sentence] = {
    "several": Sentence(
        "Một ô có nhiều số; tách mỗi số một dòng.",
        "Several numbers in one cell; give each a row of its own.",
    ),
    "rounded-by-spreadsheet": Sentence(
        "Bảng tính đã làm tròn số và mất chữ số; nhập lại từ giấy tờ gốc, để ô ở dạng văn bản.",
        "The spreadsheet rounded the number and lost digits; type it again as text.",
    ),
    "not-digits": Sentence(
        "Số có chữ hoặc ký hiệu lạ; chỉ nhập chữ số.",
        "The number holds letters or signs; write digits only.",
    ),
    "placeholder": Sentence(
        "Dãy số được gõ cho đủ ô, không phải số đã cấp; lấy số trên giấy tờ gốc.",
        "Digits typed to fill the field, a number nobody was given; take it from the papers.",
    ),
    "wrong-length": Sentence(
        "Số không đủ hoặc thừa chữ số; đối chiếu với giấy tờ gốc.",
        "The number has too few or too many characters; compare it with the papers.",
    ),
    "lost-leading-zero": Sentence(
        "Bảng tính đã làm mất số 0 ở đầu; chấp nhận đề xuất (nếu có) sau khi đối chiếu.",
        "A spreadsheet dropped the 0 in front; accept the proposal, if any, after comparing.",
    ),
}
_PERSONAL: dict[str, Sentence] = {
    "old-number": Sentence(
        "Đây là số CMND 9 chữ số; cần số định danh 12 chữ số.",
        "This is the old nine-digit card number; the twelve-digit personal number is needed.",
    ),
    "impossible-century": Sentence(
        "Chữ số thứ tư cho biết sinh từ năm 2100 trở đi; số bị gõ sai.",
        "The fourth digit says born in 2100 or later: the number was mistyped.",
    ),
}
_AMOUNT: dict[str, Sentence] = {
    "several": Sentence(
        "Một ô có nhiều số; tách mỗi số một dòng.",
        "Several numbers in one cell; give each a row of its own.",
    ),
    "ambiguous-separator": Sentence(
        "Dấu chấm hoặc phẩy có thể là hàng nghìn, có thể là thập phân; viết rõ, ví dụ 1.100,0.",
        "The point or comma may divide thousands or decimals; write it out, such as 1.100,0.",
    ),
    "words-in-number": Sentence(
        "Số có chữ (triệu, tỷ, sào …); viết thành số theo đơn vị của cột.",
        "The number holds words (triệu, tỷ, sào …); write it in figures in the column's unit.",
    ),
    "not-a-number": Sentence("Không phải là số; nhập lại.", "Not a number; write it again."),
    "too-large": Sentence(
        "Số quá lớn, không thể có thật; kiểm tra lại đơn vị và dấu phẩy.",
        "Too large to be true; check the unit and the separators.",
    ),
}
_FRACTION = {
    "fraction": Sentence(
        "Phải là số nguyên, ô có phần thập phân; kiểm tra lại.",
        "A whole number is needed and this has a fraction; check it.",
    )
}
_DATE: dict[str, Sentence] = {
    "two-digit-year": Sentence(
        "Năm chỉ có hai chữ số nên không rõ thế kỷ; viết đủ bốn chữ số.",
        "The year has two digits, so the century is unknown; write all four.",
    ),
    "spreadsheet-serial": Sentence(
        "Có thể là số thứ tự ngày của bảng tính; định dạng ô thành ngày rồi kiểm tra.",
        "Perhaps a spreadsheet's serial number of a day; format the cell as a date and check.",
    ),
    "age-or-short-number": Sentence(
        "Có thể là tuổi, không phải ngày hoặc năm; ghi năm sinh hoặc ngày đầy đủ.",
        "Perhaps an age, not a date or a year; write the year or the whole date.",
    ),
    "lunar-date": Sentence(
        "Ngày âm lịch; ghi ngày dương lịch theo giấy tờ.",
        "A date of the lunar calendar; write the solar date of the papers.",
    ),
    "not-a-date": Sentence(
        "Không đọc được là ngày; viết dạng 31/12/1990.", "Not a date; write 31/12/1990."
    ),
    "year-out-of-range": Sentence(
        "Năm nằm ngoài khoảng 1800-2100; bị gõ sai.",
        "The year is outside 1800 to 2100: it was mistyped.",
    ),
    "no-such-day": Sentence(
        "Không có ngày này trong lịch; đối chiếu với giấy tờ gốc.",
        "The calendar has no such day; compare it with the papers.",
    ),
    "day-and-month-swapped": Sentence(
        "Ngày và tháng bị đảo; chấp nhận đề xuất sau khi đối chiếu.",
        "Day and month changed places; accept the proposal after comparing.",
    ),
}
_WHOLE_DATE = {
    "not-a-full-date": Sentence(
        "Thiếu ngày hoặc tháng; cần đủ ngày, tháng, năm.",
        "Day or month is missing; the whole date is needed.",
    )
}
_MOMENT = {
    "no-such-moment": Sentence(
        "Giờ hoặc ngày không có thật; viết dạng 2025-12-31 08:30.",
        "No such time or day; write 2025-12-31 08:30.",
    )
}
_SHEET: dict[str, Sentence] = {
    "zero": Sentence("Số tờ, số thửa bắt đầu từ 1.", "Sheets and parcels are counted from 1."),
    "several": Sentence(
        "Một ô có nhiều số tờ hoặc số thửa; tách mỗi thửa một dòng.",
        "Several sheets or parcels in one cell; give each a row of its own.",
    ),
    "not-a-whole-number": Sentence(
        "Không phải số tờ hoặc số thửa trên bản đồ địa chính; kiểm tra loại bản đồ.",
        "Not a number on the cadastral map; check which map it belongs to.",
    ),
}
_PLACE: dict[str, Sentence] = {
    "lost-leading-zero": _DIGITS["lost-leading-zero"],
    "wrong-length": Sentence(
        "Mã đơn vị hành chính không đủ hoặc thừa chữ số.",
        "The unit's code has too few or too many digits.",
    ),
    "unknown-code": Sentence(
        "Không có đơn vị hành chính mang mã này; tra lại danh mục.",
        "No unit bears this code; look it up in the list.",
    ),
    "older-than-the-list": Sentence(
        "Mã của đơn vị đã sắp xếp trước ngày 30/6/2025; cần người xác định đơn vị hiện nay.",
        "A code given up before 30 June 2025; a person must say which unit it is today.",
    ),
    "not-in-force": Sentence(
        "Đơn vị này không còn hoặc chưa có vào ngày ghi; chọn một đơn vị được đề xuất.",
        "The unit was not in force on the day of writing; choose one of the candidates.",
    ),
    "code-of-a-province": Sentence(
        "Đây là mã tỉnh, cần mã xã.", "A province's code; the commune's is needed."
    ),
    "code-of-a-district": Sentence(
        "Đây là mã huyện, cần mã tỉnh hoặc xã.", "A district's code; another level is needed."
    ),
    "code-of-a-commune": Sentence(
        "Đây là mã xã, cần mã tỉnh.", "A commune's code; the province's is needed."
    ),
    "marks-lost": Sentence(
        "Tên viết không dấu; xác nhận đơn vị được đề xuất.",
        "The name lost its marks; confirm the proposed unit.",
    ),
    "ambiguous-name": Sentence(
        "Nhiều đơn vị có thể mang tên này; cần người chọn một.",
        "Several units may be meant; a person must choose one.",
    ),
    "no-commune-in-district": Sentence(
        "Không thấy tên xã nào thuộc huyện đã ghi; chọn một đơn vị được đề xuất.",
        "No commune of the district is named; choose one of the candidates.",
    ),
    "unknown-name": Sentence(
        "Không tìm thấy đơn vị hành chính có tên này; ghi đủ xã và tỉnh.",
        "No unit of this name was found; write commune and province.",
    ),
}
_NUMBER_OF_PERSON = {**_DIGITS, **_PERSONAL}

_OF_KIND: dict[Kind, dict[str, Sentence]] = {
    Kind.PERSONAL_ID: _NUMBER_OF_PERSON,
    Kind.OLD_ID: {
        **_DIGITS,
        "new-number": Sentence(
            "Đây là số định danh 12 chữ số; chuyển sang cột số định danh.",
            "This is a twelve-digit personal number; move it to its own column.",
        ),
    },
    Kind.PERSON_NAME: {
        "organisation": Sentence(
            "Đây là tên tổ chức; ghi vào cột tổ chức.",
            "This names an organisation; write it in the organisation's column.",
        ),
        "several-persons": Sentence(
            "Một ô có nhiều người; tách mỗi người một dòng.",
            "Several persons in one cell; give each a row of their own.",
        ),
        "note-in-name": Sentence(
            "Có ghi chú trong tên; chuyển ghi chú sang cột khác.",
            "A note stands in the name; move it to another column.",
        ),
        "digit-in-name": Sentence(
            "Tên có chữ số, thường do hai cột bị dồn làm một; sửa theo giấy tờ.",
            "A digit in the name: often two columns run together; mend it from the papers.",
        ),
        "strange-character": Sentence(
            "Tên có ký tự lạ, thường do phông chữ cũ; gõ lại bằng Unicode.",
            "The name holds signs that no name has, often from an old font; type it in Unicode.",
        ),
    },
    Kind.PARTIAL_DATE: _DATE,
    Kind.SEX: {
        "number-for-sex": Sentence(
            "Không rõ con số chỉ nam hay nữ; ghi Nam hoặc Nữ.",
            "A figure does not tell the sex; write Nam or Nữ.",
        ),
        "unknown-word": Sentence("Ghi Nam hoặc Nữ.", "Write Nam or Nữ."),
    },
    Kind.COMMUNE: _PLACE,
    Kind.PROVINCE: _PLACE,
    Kind.ADDRESS: {},
    Kind.TAX_CODE: {
        **_NUMBER_OF_PERSON,
        "check-digit": Sentence(
            "Chữ số kiểm tra không khớp: mã số thuế bị gõ sai.",
            "The check digit does not fit: the tax code was mistyped.",
        ),
        "no-such-serial": Sentence(
            "Không có mã số thuế nào mang dãy số 0000000.", "No tax code has the serial 0000000."
        ),
        "no-such-branch": Sentence(
            "Đơn vị phụ thuộc được đánh số từ 001.", "Dependent units are counted from 001."
        ),
    },
    Kind.INSURANCE_CARD: {
        **_NUMBER_OF_PERSON,
        "number-without-card": Sentence(
            "Chỉ có mã số BHXH, thiếu mã đối tượng và mức hưởng.",
            "Only the insurance number: group and level of benefit are missing.",
        ),
        "benefit-level": Sentence("Mức hưởng phải từ 1 đến 5.", "The level of benefit is 1 to 5."),
        "wrong-form": Sentence(
            "Mã thẻ gồm 2 chữ và 13 số; đối chiếu với thẻ.",
            "A card has two letters and thirteen digits; compare it with the card.",
        ),
    },
    Kind.INSURANCE_NUMBER: {
        **_NUMBER_OF_PERSON,
        "card-instead": Sentence(
            "Đây là mã thẻ; mã số BHXH là 10 chữ số cuối.",
            "This is the whole card; the number is its last ten digits.",
        ),
    },
    Kind.LAND_CERTIFICATE: {
        "several": _DIGITS["several"],
        "no-letters": Sentence(
            "Số phát hành thiếu chữ ở đầu; xem trên Giấy chứng nhận.",
            "The serial lacks its letters; see the certificate.",
        ),
        "wrong-length": Sentence(
            "Số phát hành có 6 hoặc 8 chữ số sau chữ; xem trên Giấy chứng nhận.",
            "A serial has six or eight digits after its letters; see the certificate.",
        ),
        "wrong-form": Sentence(
            "Không phải số phát hành Giấy chứng nhận, ví dụ AA 00476432.",
            "Not a serial of a certificate, such as AA 00476432.",
        ),
    },
    Kind.BOOK_ENTRY: {
        "no-digits": Sentence("Số vào sổ phải có chữ số.", "A book-entry number has digits."),
    },
    Kind.PARCEL_ID: {
        "wrong-length": Sentence(
            "Mã định danh thửa đất gồm 12 ký tự.", "A parcel id has twelve characters."
        ),
    },
    Kind.MAP_SHEET: _SHEET,
    Kind.PARCEL_NUMBER: _SHEET,
    Kind.AREA: {
        **_AMOUNT,
        "negative": Sentence("Diện tích không thể âm.", "An area cannot be negative."),
    },
    Kind.PHONE: {
        "several": _DIGITS["several"],
        "not-digits": _DIGITS["not-digits"],
        "placeholder": _DIGITS["placeholder"],
        "lost-leading-zero": _DIGITS["lost-leading-zero"],
        "old-prefix": Sentence(
            "Đầu số 11 chữ số cũ (trước năm 2018); chấp nhận đầu số mới được đề xuất.",
            "An eleven-digit number of before 2018; accept the new prefix proposed.",
        ),
        "not-a-phone-number": Sentence(
            "Không phải số điện thoại ở Việt Nam; kiểm tra lại.",
            "Not a telephone number of Việt Nam; check it.",
        ),
    },
    Kind.EMAIL: {
        "several": Sentence(
            "Một ô có nhiều địa chỉ; chỉ ghi một.", "Several addresses in one cell; keep one."
        ),
        "no-at-sign": Sentence("Thiếu ký hiệu @.", "The @ sign is missing."),
        "marks-in-address": Sentence(
            "Địa chỉ thư không có dấu tiếng Việt.", "An e-mail address bears no marks."
        ),
        "wrong-form": Sentence("Không đúng dạng ten@coquan.vn.", "Not in the form name@office.vn."),
    },
    Kind.MONEY: _AMOUNT | _FRACTION,
    Kind.CODE: {
        "not-in-the-list": Sentence(
            "Giá trị không có trong danh mục; chọn một giá trị của danh mục.",
            "Not a value of the list; choose one of them.",
        ),
    },
    Kind.TEXT: {},
    Kind.INTEGER: _AMOUNT | _FRACTION,
    Kind.NUMBER: _AMOUNT,
    Kind.DATE: _DATE | _WHOLE_DATE,
    Kind.TIMESTAMP: _DATE | _WHOLE_DATE | _MOMENT,
    Kind.YES_NO: {
        "neither-yes-nor-no": Sentence("Ghi Có hoặc Không.", "Write Có (yes) or Không (no)."),
    },
}


def flaws(kind: Kind) -> dict[str, Sentence]:
    """Every flaw that a reader of the kind can give, with what is said of it."""
    return _EVERY | _OF_KIND[kind]


def sentence(kind: Kind, flaw: str) -> Sentence:
    """What is said of a value of the kind that has the flaw. Raises KeyError for one unheard of."""
    return flaws(kind)[flaw]
