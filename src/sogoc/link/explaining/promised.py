"""What a run promises of its links, in words that an officer and a judge can both use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sogoc.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping


def promised_words(promise: Mapping[str, Any]) -> Sentence:
    """The promise of one object: `links`, `expected`, `low`, `calibration`.

    The bound is rounded down and the expectation of errors up: never better than it was counted.
    """
    links, low = int(promise["links"]), float(promise["low"])
    if not links:
        return Sentence("Không có liên kết nào được chấp nhận.", "No link was accepted.")
    if not promise.get("calibration"):
        return Sentence(
            f"{_number(links, '.')} liên kết được chấp nhận; chưa có nhãn nào để nói chắc bao "
            "nhiêu liên kết đúng.",
            f"{_number(links, ',')} links were accepted; there are no labels yet to say how many "
            "of them are right.",
        )
    most = round(links * (1 - low))
    share = int(low * 100_000) / 1000
    return Sentence(
        f"{_number(links, '.')} liên kết được chấp nhận. Trong 100 sổ được làm như sổ này, ở ít "
        f"nhất 95 sổ có không quá {_number(most, '.')} liên kết sai, tức ít nhất "
        f"{_share(share, ',')} % liên kết là đúng người. Đây là nói về cả sổ, không phải về từng "
        "người: mỗi người có căn cứ riêng.",
        f"{_number(links, ',')} links were accepted. Of 100 registers made like this one, at least "
        f"95 hold no more than {_number(most, ',')} wrong links: at least {_share(share, '.')} % "
        "of the links are of the right person. This is said of the register as a whole, not of "
        "one person: for each person their own evidence counts.",
    )


def _number(count: int, sign: str) -> str:
    return f"{count:,}".replace(",", sign)


def _share(share: float, sign: str) -> str:
    return f"{share:.3f}".rstrip("0").rstrip(".").replace(".", sign)
