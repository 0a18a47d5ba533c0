"""Who plays in the made-up country: six agencies, their grants, and what they ask one another.

The grounds are examples of how one is written, not law that was looked up; procedures likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sogoc.access.grant import MOST_KEYS, Grant, Operation
from sogoc.errors import Sentence

if TYPE_CHECKING:
    from sogoc.demo.country import Delivery

HUB, LAND, HEALTH = "hub", "land", "health"
EDUCATION, BANK, PROVINCE = "education", "bank", "province"
POPULATION = "population"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One node of the country: its folder, its name in the exchange, the registers it keeps."""

    folder: str
    member: str
    name: str
    registers: tuple[str, ...]
    copy: str = ""
    """Part of the file name of the population release of which it lawfully holds a copy."""

    def receives(self, delivery: Delivery) -> bool:
        """Whether the delivery is its own, or the copy it holds."""
        is_copy = delivery.register == POPULATION and self.copy and self.copy in delivery.file.name
        return delivery.register in self.registers or bool(is_copy)


AGENCIES = (
    Agency(
        folder=HUB,
        member="VN/GOV/01/POP",
        name="Trung tâm Dữ liệu quốc gia (ví dụ)",
        registers=(POPULATION,),
    ),
    Agency(
        folder=LAND,
        member="VN/GOV/02/LAND",
        name="Cục Quản lý đất đai (ví dụ)",
        registers=("land-statistics", "land"),
        copy="2026-06-30",
    ),
    Agency(
        folder=PROVINCE,
        member="VN/GOV/66/CIVIL",
        name="Tỉnh Đắk Lắk (ví dụ)",
        registers=("civil-status",),
        copy="2026-10-31",
    ),
    Agency(
        folder=HEALTH,
        member="VN/GOV/03/HEALTH",
        name="Bảo hiểm xã hội và Y tế (ví dụ)",
        registers=("health-insurance", "health-facilities"),
    ),
    Agency(
        folder=EDUCATION,
        member="VN/GOV/04/EDU",
        name="Giáo dục và Khoa học (ví dụ)",
        registers=("students", "science"),
    ),
    Agency(
        folder=BANK,
        member="VN/COM/05/BANK",
        name="Ngân hàng Ví dụ",
        registers=("bank-customers",),
    ),
)
"""Those with most work first: two work at a time."""

OFFICER = "VN000000000007"


def agency(folder: str) -> Agency:
    """The agency whose node is in `folder`."""
    return next(one for one in AGENCIES if one.folder == folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A grant, and the node that keeps the register: `keeper` is its folder, so is `asker`."""

    keeper: str
    asker: str
    grant: Grant


def _given(
    keeper: str, asker: str, register: str, *, fields: str, operation: Operation, purpose: str
) -> Given:
    return Given(
        keeper=keeper,
        asker=asker,
        grant=Grant(
            id=f"G-2026-{asker}-{register}",
            member=agency(asker).member,
            register=register,
            fields=frozenset(fields.split()),
            operations=frozenset({operation}),
            purpose=purpose,
            ground="Luật Dữ liệu 2024 (ví dụ, chưa đối chiếu)",
            first_day=date(2026, 1, 1),
            last_day=date(2099, 12, 31),
            rate_per_minute=600,
            most_keys=MOST_KEYS,
        ),
    )


GRANTS = (
    _given(
        HUB,
        LAND,
        POPULATION,
        fields="ho_ten thuong_tru",
        operation=Operation.VERIFY,
        purpose="1.012789",
    ),
    *(
        _given(HUB, asker, POPULATION, fields="ho_ten", operation=Operation.VERIFY, purpose=purpose)
        for asker, purpose in ((HEALTH, "1.014028"), (EDUCATION, "1.005099"), (BANK, "1.009999"))
    ),
    _given(
        LAND,
        BANK,
        "land",
        fields="dien_tich loai_dat_1 dia_chi",
        operation=Operation.READ,
        purpose="1.004583",
    ),
    _given(
        HEALTH,
        PROVINCE,
        "health-facilities",
        fields="ten dien_thoai",
        operation=Operation.READ,
        purpose="1.001194",
    ),
    _given(
        PROVINCE,
        EDUCATION,
        "civil-status",
        fields="con_ho_ten con_ngay_sinh",
        operation=Operation.READ,
        purpose="1.005099",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifying:
    """Everybody in one object of an agency's register is verified with the population."""

    asker: str
    register: str
    object: str
    purpose: str


OWNERS = Verifying(asker=LAND, register="land", object="quyen", purpose="1.012789")
VERIFYING = (
    Verifying(asker=HEALTH, register="health-insurance", object="the", purpose="1.014028"),
    Verifying(asker=EDUCATION, register="students", object="hoc_sinh", purpose="1.005099"),
    Verifying(asker=BANK, register="bank-customers", object="khach_hang", purpose="1.009999"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One question for a record by its key, the first that the keeper holds."""

    asker: str
    keeper: str
    register: str
    object: str
    fields: str
    purpose: str
    why: Sentence
    allowed: bool = True


READINGS = (
    Reading(
        asker=BANK,
        keeper=LAND,
        register="land",
        object="thua_dat",
        fields="dien_tich loai_dat_1 dia_chi",
        purpose="1.004583",
        why=Sentence(
            vi="Ngân hàng hỏi đất đai: một thửa đất, theo mã",
            en="the bank asks land for a parcel by its key",
        ),
    ),
    Reading(
        asker=EDUCATION,
        keeper=PROVINCE,
        register="civil-status",
        object="khai_sinh",
        fields="con_ho_ten con_ngay_sinh",
        purpose="1.005099",
        why=Sentence(
            vi="Giáo dục hỏi tỉnh: giấy khai sinh của học sinh",
            en="education asks the province for a pupil's birth",
        ),
    ),
    Reading(
        asker=PROVINCE,
        keeper=HEALTH,
        register="health-facilities",
        object="co_so",
        fields="ten dien_thoai",
        purpose="1.001194",
        why=Sentence(
            vi="Tỉnh hỏi y tế: một cơ sở y tế",
            en="the province asks health for a facility",
        ),
    ),
    Reading(
        asker=BANK,
        keeper=LAND,
        register="land",
        object="quyen",
        fields="ho_ten",
        purpose="1.004583",
        allowed=False,
        why=Sentence(
            vi="Ngân hàng hỏi đất đai: tên chủ đất, ngoài quyền khai thác",
            en="the bank asks land for an owner's name, which its grant does not cover",
        ),
    ),
    Reading(
        asker=BANK,
        keeper=HUB,
        register=POPULATION,
        object="nguoi",
        fields="ton_giao",
        purpose="1.009999",
        allowed=False,
        why=Sentence(
            vi="Ngân hàng hỏi dân cư: tôn giáo, trường nhạy cảm",
            en="the bank asks the population for a religion, a sensitive field",
        ),
    ),
    Reading(
        asker=LAND,
        keeper=BANK,
        register="bank-customers",
        object="khach_hang",
        fields="ho_ten",
        purpose="1.012789",
        allowed=False,
        why=Sentence(
            vi="Đất đai hỏi ngân hàng: không có quyền khai thác nào",
            en="land asks the bank, without any grant",
        ),
    ),
)
"""Three that are answered, three that are refused: all six stand in a journal."""
