"""Why a file cannot be taken in: each reason one sentence, with the place and what to do."""

from __future__ import annotations

from sogoc.errors import DeliveryRefused, Place, Sentence


def refused(vi: str, en: str, place: Place) -> DeliveryRefused:
    """A refusal that begins with the place, in both languages."""
    where_vi = _where(place, ("trang", "dòng", "cột"))
    where_en = _where(place, ("sheet", "row", "column"))
    sentence = Sentence(f"{where_vi}: {vi}", f"{where_en}: {en}")
    return DeliveryRefused(sentence, place=place)


def _where(place: Place, words: tuple[str, str, str]) -> str:
    """File, sheet, row and column, as far as they are known."""
    sheet = place.sheet if place.sheet != place.file else ""
    told = zip(words, (sheet, place.row, place.column), strict=True)
    return ", ".join((place.file, *(f"{word} {what}" for word, what in told if what)))


def gone(place: Place) -> DeliveryRefused:
    """The file is not there, or may not be read."""
    return refused(
        "không mở được tệp. Hãy kiểm tra tên tệp, đường dẫn và quyền đọc.",
        "the file cannot be opened. Check its name, its folder and the right to read it.",
        place,
    )


def empty(place: Place) -> DeliveryRefused:
    """Nothing in it."""
    return refused(
        "không có dòng dữ liệu nào. Hãy gửi lại tệp đã điền.",
        "there is no row of data. Send the file that was filled in.",
        place,
    )


def no_table(place: Place, what_vi: str, what_en: str) -> DeliveryRefused:
    """It is something else than a table."""
    return refused(
        f"đây là {what_vi}, không phải bảng dữ liệu. Hãy gửi tệp Excel (.xlsx) hoặc CSV.",
        f"this is {what_en}, not a table. Send an Excel file (.xlsx) or CSV.",
        place,
    )


def locked(place: Place) -> DeliveryRefused:
    """The workbook asks for a password."""
    return refused(
        "tệp Excel có mật khẩu. Hãy mở tệp, bỏ mật khẩu (Tệp > Thông tin > Bảo vệ sổ làm việc), "
        "lưu lại rồi gửi.",
        "the workbook has a password. Open it, take the password off (File > Info > Protect "
        "Workbook), save it and send it again.",
        place,
    )


def damaged(place: Place) -> DeliveryRefused:
    """Cut off or broken on its way."""
    return refused(
        "tệp bị hỏng hoặc chưa tải xong. Hãy mở tệp trên máy của mình, lưu lại rồi gửi lại.",
        "the file is damaged or was cut off. Open it on your own machine, save it again and send "
        "it again.",
        place,
    )


def swollen(place: Place, most: str) -> DeliveryRefused:
    """A small file that unpacks to far more than any table, `most` such as `64 MB`."""
    return refused(
        f"tệp nén bất thường: giải nén ra hơn {most}. Hãy xóa các ô và định dạng thừa, hoặc "
        "gửi tệp CSV.",
        f"the file is packed in an unusual way: it unpacks to more than {most}. Delete cells "
        "and formats that are not needed, or send CSV.",
        place,
    )


def unreadable_text(place: Place) -> DeliveryRefused:
    """Its letters cannot be made out."""
    return refused(
        "không đọc được bảng mã của tệp. Hãy lưu lại thành CSV UTF-8 rồi gửi.",
        "the encoding of the file cannot be read. Save it as CSV UTF-8 and send it again.",
        place,
    )


def open_quote(place: Place) -> DeliveryRefused:
    """A quotation mark was opened and never closed."""
    return refused(
        "dấu ngoặc kép mở mà không đóng. Hãy sửa dòng này rồi gửi lại.",
        "a quotation mark is opened here and never closed. Mend this row and send it again.",
        place,
    )


def too_wide(place: Place, width: int, most: int) -> DeliveryRefused:
    """More columns than a table can mean."""
    return refused(
        f"bảng có {width} cột, nhiều hơn mức cho phép là {most}. Hãy xóa các cột trống hoặc thừa.",
        f"the table has {width} columns, more than the {most} allowed. Delete empty columns.",
        place,
    )


def bad_line(place: Place) -> DeliveryRefused:
    """A record of a JSON file that is no object, or none that ends."""
    return refused(
        "không phải một đối tượng JSON trọn vẹn. Hãy sửa chỗ này rồi gửi lại.",
        "this is not one whole JSON object. Mend this place and send it again.",
        place,
    )


def unknown_form(place: Place, form: str, known: list[str]) -> DeliveryRefused:
    """A form was named that the contract does not have."""
    listed = ", ".join(known)
    return refused(
        f"không có biểu mẫu {form}; đặc tả có: {listed}.",
        f"there is no form {form}; the contract has: {listed}.",
        place,
    )


def no_form(place: Place, forms: list[str]) -> DeliveryRefused:
    """No sheet has a header that the contract knows."""
    listed = ", ".join(forms)
    return refused(
        f"không tìm thấy dòng tiêu đề cột của biểu mẫu nào ({listed}). Hãy kiểm tra có gửi nhầm "
        "tệp, hoặc giữ nguyên các dòng tiêu đề của biểu mẫu.",
        f"no row of column headers of any form was found ({listed}). Check that it is the right "
        "file, and keep the header rows of the form.",
        place,
    )


def columns_missing(place: Place, form: str, missing: list[str]) -> DeliveryRefused:
    """It looks like a form, but lacks columns that make it this form."""
    listed = "; ".join(missing)
    return refused(
        f"giống biểu mẫu {form} nhưng dòng tiêu đề thiếu cột: {listed}. Hãy thêm các cột này.",
        f"looks like the form {form}, but its header lacks these columns: {listed}. Add them.",
        place,
    )


def no_answer(place: Place) -> DeliveryRefused:
    """The database did not answer; its own words may hold a password or rows, so they stay out."""
    return refused(
        "không đọc được từ cơ sở dữ liệu. Hãy kiểm tra địa chỉ, quyền đọc và tên bảng.",
        "the database could not be read. Check the address, the right to read, and the table.",
        place,
    )
