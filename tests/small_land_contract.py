"""The contract of the small land register of `small_land`: parcels and rights, as a model."""

from __future__ import annotations

from sogoc.contract.model import (
    Criterion,
    Dimension,
    ErrorGroup,
    Field,
    ForeignKey,
    Form,
    FormColumn,
    Person,
    Reference,
    Register,
    RegisterObject,
    Rule,
    RuleForm,
    Severity,
    Target,
)
from sogoc.values.kinds import Kind

FLAWED_NUMBER = "0660850012"
"""Ten digits: two zeros lost when a spreadsheet took the number for a number."""


def _rule(code: str, name: str, field: str, *, criterion: Criterion, group: ErrorGroup) -> Rule:
    return Rule(
        code=code,
        name=name,
        name_en=f"{code} (English)",
        dimension=Dimension.CONFORMITY,
        criterion=criterion,
        severity=Severity.WARNING if code.endswith("junk") else Severity.ERROR,
        group=group,
        fields=(field,),
        fail_when=f"{field} is null",
        hint="So với giấy chứng nhận bản gốc rồi sửa tại sổ.",
        hint_en="Compare with the original certificate, then mend the register.",
    )


PARCEL = RegisterObject(
    name="thua_dat",
    label="Thửa đất",
    label_en="Parcel",
    fields=(
        Field(name="ma_thua", kind=Kind.PARCEL_ID, label="Mã thửa", label_en="Parcel ID", key=1),
        Field(
            name="ma_xa",
            kind=Kind.COMMUNE,
            label="Mã xã",
            label_en="Commune",
            critical=True,
            score_by=True,
        ),
        Field(name="so_to", kind=Kind.MAP_SHEET, label="Số tờ bản đồ", label_en="Map sheet"),
        Field(name="so_thua", kind=Kind.PARCEL_NUMBER, label="Số thửa", label_en="Parcel number"),
        Field(name="dien_tich", kind=Kind.AREA, label="Diện tích (m²)", label_en="Area (m²)"),
        Field(name="thon", kind=Kind.TEXT, label="Thôn", label_en="Hamlet"),
    ),
    rules=(
        _rule(
            "thua_dat.dien_tich.missing",
            "Thiếu diện tích thửa đất",
            "dien_tich",
            criterion=Criterion.DU,
            group=ErrorGroup.MISSING,
        ),
        _rule(
            "thua_dat.thon.junk",
            "Tên thôn không có nghĩa",
            "thon",
            criterion=Criterion.SACH,
            group=ErrorGroup.OUT_OF_DOMAIN,
        ),
    ),
    identities=(("ma_thua",),),
    hamlet="thon",
)
RIGHT = RegisterObject(
    name="quyen",
    label="Quyền sử dụng đất",
    label_en="Right in a parcel",
    fields=(
        Field(name="ma_quyen", kind=Kind.TEXT, label="Mã quyền", label_en="Right ID", key=1),
        Field(name="ma_thua", kind=Kind.PARCEL_ID, label="Mã thửa", label_en="Parcel ID"),
        Field(name="ho_ten", kind=Kind.PERSON_NAME, label="Họ và tên", label_en="Full name"),
        Field(name="ngay_sinh", kind=Kind.PARTIAL_DATE, label="Ngày sinh", label_en="Born"),
        Field(
            name="so_dinh_danh",
            kind=Kind.PERSONAL_ID,
            label="Số định danh cá nhân",
            label_en="Personal number",
            critical=True,
        ),
        Field(name="so_gcn", kind=Kind.LAND_CERTIFICATE, label="Số Giấy chứng nhận"),
        Field(name="ma_xa", kind=Kind.COMMUNE, label="Mã xã", label_en="Commune", score_by=True),
        Field(name="thon", kind=Kind.TEXT, label="Thôn", label_en="Hamlet"),
    ),
    rules=(
        _rule(
            "quyen.so_dinh_danh.format",
            "Số định danh không đủ 12 chữ số",
            "so_dinh_danh",
            criterion=Criterion.SACH,
            group=ErrorGroup.FORMAT,
        ),
        _rule(
            "quyen.ngay_sinh.missing",
            "Thiếu ngày sinh của người sử dụng đất",
            "ngay_sinh",
            criterion=Criterion.DU,
            group=ErrorGroup.MISSING,
        ),
        Rule(
            code="quyen.khop-dan-cu",
            name="Người sử dụng đất không khớp dữ liệu dân cư",
            name_en="The right holder does not agree with the population register",
            form=RuleForm.VERIFICATION,
            dimension=Dimension.ACCURACY,
            criterion=Criterion.DUNG,
            group=ErrorGroup.ROOT_SOURCE,
            fields=("ho_ten",),
            hint="Mở hồ sơ gốc; sổ sai thì sửa tại đây, dân cư sai thì gửi Công an xã.",
            hint_en="Open the papers; mend the register here, or write to the commune police.",
        ),
    ),
    persons=(Person(number="so_dinh_danh", name="ho_ten", born="ngay_sinh"),),
    identities=(("ma_quyen",),),
    references=(
        ForeignKey(
            fields=("ma_thua",), reference=Reference(object="thua_dat", fields=("ma_thua",))
        ),
    ),
    hamlet="thon",
)


def _column(header: str, *targets: tuple[str, str]) -> FormColumn:
    return FormColumn(header=header, targets=tuple(Target(object=o, field=f) for o, f in targets))


FORM = Form(
    id="PL3-01",
    label="Phụ lục 3-01",
    sheet="PL3-01",
    header_from=1,
    header_to=2,
    columns=(
        _column("STT"),
        _column("Mã xã", ("thua_dat", "ma_xa"), ("quyen", "ma_xa")),
        _column("Mã thửa", ("thua_dat", "ma_thua"), ("quyen", "ma_thua")),
        _column("Mã quyền", ("quyen", "ma_quyen")),
        _column("Số phát hành GCN", ("quyen", "so_gcn")),
        _column("Họ và tên", ("quyen", "ho_ten")),
        _column("Ngày sinh", ("quyen", "ngay_sinh")),
        _column("Số định danh", ("quyen", "so_dinh_danh")),
        _column("Số tờ", ("thua_dat", "so_to")),
        _column("Số thửa", ("thua_dat", "so_thua")),
        _column("Diện tích", ("thua_dat", "dien_tich")),
        _column("Thôn, tổ dân phố", ("thua_dat", "thon"), ("quyen", "thon")),
    ),
)
LAND = Register(
    id="land",
    name="Sổ đất đai",
    name_en="Land register",
    version="1.0.0",
    keeper="Sở Nông nghiệp và Môi trường",
    purpose="Thửa đất và người sử dụng đất; một bản ghi một thửa, một bản ghi một quyền.",
    objects=(PARCEL, RIGHT),
    forms=(FORM,),
)
