"""One big delivery for benchmarks: a million rows, from fewer persons than rows.

The persons are those of `make` with the same number and seed; the population release written here
verifies them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.books.form import laid_out, prepared, titled
from sogoc.demo.books.insurance import FORM, insurance_draft
from sogoc.demo.books.population import write_release
from sogoc.demo.paper.separated import utf8, write_separated
from sogoc.demo.paper.workbook import write_workbook
from sogoc.demo.people import TODAY
from sogoc.demo.truth import in_one_sheet, keep_truth
from sogoc.demo.world import make_world, strangers

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.demo.damage import Draft
    from sogoc.demo.world import World

_ROWS_A_WORKBOOK = 250_000
_XLSX_TITLES = ("BẢO HIỂM XÃ HỘI", "DANH SÁCH NGƯỜI THAM GIA BẢO HIỂM Y TẾ", "")
_XLSX_HEADERS = {
    "MA_THE": "Mã thẻ BHYT", "MA_SO_BHXH": "Mã số BHXH", "HO_TEN": "Họ và tên",
    "NGAY_SINH": "Ngày sinh", "GIOI_TINH": "Giới tính", "SO_CCCD": "Số CCCD",
    "SO_CMND": "Số CMND", "DIA_CHI": "Địa chỉ", "MA_XA": "Mã xã", "THON": "Thôn",
    "MA_DT": "Đối tượng", "MUC_HUONG": "Mức hưởng", "MA_DKBD": "Nơi ĐK KCB ban đầu",
    "GT_THE_TU": "Giá trị từ ngày", "GT_THE_DEN": "Giá trị đến ngày",
    "MIEN_CUNG_CT": "Thời điểm đủ 5 năm liên tục", "DIEN_THOAI": "Điện thoại",
    "NGAY_CAP_NHAT": "Ngày cập nhật",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BigDelivery:
    """What was written."""

    population: Path
    csv: Path
    workbooks: tuple[Path, ...]
    truth: Path
    rows: int


def make_big(
    folder: Path, *, rows: int = 1_000_000, persons: int = 700_000, seed: int = 1
) -> BigDelivery:
    """Health insurance of `rows` cards as one csv and as workbooks; the population; the truth.

    Where there are fewer living persons than rows, some hold a second, older card.
    """
    world, draft, population = _drafted(folder, rows=rows, persons=persons, seed=seed)
    return BigDelivery(
        population=population,
        csv=_csv(draft, folder),
        workbooks=_workbooks(draft, folder),
        truth=_truth(world, draft, folder / "truth"),
        rows=len(draft),
    )


def make_cards(folder: Path, *, rows: int, persons: int, seed: int) -> tuple[Path, Path]:
    """The population and the cards as one csv alone."""
    _, draft, population = _drafted(folder, rows=rows, persons=persons, seed=seed)
    return population, _csv(draft, folder)


def _drafted(folder: Path, *, rows: int, persons: int, seed: int) -> tuple[World, Draft, Path]:
    world = make_world(persons, seed)
    folder.mkdir(parents=True, exist_ok=True)
    population = folder / "population.parquet"
    write_release(world, population, TODAY)
    living = np.flatnonzero(world.people.living(TODAY))
    who = np.sort(np.resize(living, rows))
    draft = insurance_draft(world, who, "insurance-big")
    # Second cards are other rows, with damage of their own.
    again = np.r_[False, who[1:] == who[:-1]]
    draft.ids = draft.ids + again * (1 << 41)
    strangers(world, draft, "person")
    return world, prepared(world, draft), population


def _csv(draft: Draft, folder: Path) -> Path:
    file = folder / "insurance-big.csv"
    headers = [header for header, _ in FORM]
    write_separated(file, (headers, laid_out(draft, FORM)), separator=",", encode=utf8)
    return file


def _workbooks(draft: Draft, folder: Path) -> tuple[Path, ...]:
    """The same rows in several workbooks, as a sheet holds at most 1,048,576."""
    form = (("STT", ""), *((_XLSX_HEADERS[header], name) for header, name in FORM))
    files = []
    for number, start in enumerate(range(0, len(draft), _ROWS_A_WORKBOOK), 1):
        rows = np.arange(start, min(start + _ROWS_A_WORKBOOK, len(draft)), dtype=np.int64)
        file = folder / f"insurance-big-{number}.xlsx"
        write_workbook(file, [titled("DS", _XLSX_TITLES, form, laid_out(draft, form, rows))])
        files.append(file)
    return tuple(files)


def _truth(world: World, draft: Draft, folder: Path) -> Path:
    """The truth about the csv, whose header is line 1."""
    keep_truth(folder, draft, in_one_sheet("", 2, len(draft)), world.people)
    return folder
