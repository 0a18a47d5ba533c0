"""The account in words, Vietnamese and English, without a single personal value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.errors import Sentence

if TYPE_CHECKING:
    from sogoc.link.explaining.account import Account, Candidate, Part
    from sogoc.link.policy import Policy

COMPARISONS: dict[str, Sentence] = {
    "number": Sentence("Số định danh", "Personal number"),
    "old_number": Sentence("Số CMND 9 số", "Old number"),
    "name": Sentence("Họ và tên", "Name"),
    "marks": Sentence("Dấu của tên", "Marks of the name"),
    "born": Sentence("Ngày sinh", "Date of birth"),
    "sex": Sentence("Giới tính", "Sex"),
    "commune": Sentence("Nơi ở", "Place"),
    "father": Sentence("Tên cha", "Father's name"),
    "mother": Sentence("Tên mẹ", "Mother's name"),
    "spouse": Sentence("Tên vợ, chồng", "Spouse's name"),
    "household": Sentence("Hồ sơ cư trú", "Household"),
    "former": Sentence("Nơi ở trước đây", "Former place"),
}
"""What each comparison is about; one that a policy adds stands by its id."""

MISSING = Sentence("thiếu ở một bên, không so được", "not there on both sides, not compared")
PRIOR = Sentence("Trước khi có bằng chứng", "Before any evidence")
CAP = Sentence(
    "Mức trần: có thể là người khác trong nhà", "The cap: it may be another of the family"
)
ABSENT = Sentence("Không có trong dân cư", "Not in the population")
UNSEEN = Sentence("Người cùng tên khác, chưa xét tới", "Other bearers of the name, not looked at")


def comparison_words(name: str) -> Sentence:
    """What a comparison is about."""
    return COMPARISONS.get(name, Sentence(name, name))


def level_words(part: Part) -> Sentence:
    """What was found."""
    return Sentence(part.level.vi, part.level.en) if part.level else MISSING


def bits(weight: int) -> Sentence:
    """A weight with its sign: `+12,3 bit`, `+12.3 bits`."""
    text = f"{weight / 1000:+.1f}"
    return Sentence(f"{text.replace('.', ',')} bit", f"{text} bits")


def percent(share: float) -> Sentence:
    """A share as precisely as it decides: 99,97 %, never rounded up to certainty."""
    places = 4 if share > 0.999 or 0 < share < 0.001 else 1  # noqa: PLR2004 - where thresholds lie
    text = f"{min(share, 1 - 1e-6) * 100:.{places}f}"
    return Sentence(f"{text.replace('.', ',')}%", f"{text}%")


def summary(account: Account, policy: Policy) -> list[Sentence]:
    """The decision in a few sentences: prior, best candidate, the others, and the thresholds."""
    said = [_prior(account)]
    if not account.candidates:
        nobody = Sentence(
            "Không có ai trong dân cư đủ gần để so sánh.",
            "Nobody of the population came near enough to be compared.",
        )
        return [*said, nobody]
    best = account.candidates[0]
    return [*said, _best(best, account), _others(account), _thresholds(best, policy)]


def _prior(account: Account) -> Sentence:
    before = bits(account.prior)
    return Sentence(
        f"Sổ dân cư có {_number(account.persons)} người, nên khi chưa có bằng chứng, một người "
        f"bất kỳ được {before.vi}: mỗi bit gấp đôi khả năng.",
        f"The population has {account.persons:,} persons, so before any evidence anyone stands at "
        f"{before.en}: each bit doubles the odds.",
    )


def _best(best: Candidate, account: Account) -> Sentence:
    evidence, after = bits(best.weight), bits(account.prior + best.weight)
    share = percent(best.share)
    return Sentence(
        f"Bằng chứng cho người hợp nhất cộng lại được {evidence.vi}, thành {after.vi} so với việc "
        f"không có trong dân cư; tính cả những người khác, khả năng là người này {share.vi}.",
        f"The evidence for the person who fits best adds up to {evidence.en}, {after.en} against "
        f"not being in the population; all others counted, the chance of this person is "
        f"{share.en}.",
    )


def _others(account: Account) -> Sentence:
    absent, unseen = percent(account.absent), percent(account.unseen)
    rest = Sentence(
        f"Không có trong dân cư: {absent.vi}; người cùng tên chưa xét tới: {unseen.vi}.",
        f"Not in the population: {absent.en}; bearers of the name not looked at: {unseen.en}.",
    )
    if account.margin is None:
        return Sentence(f"Không có người thứ hai. {rest.vi}", f"There is no second. {rest.en}")
    margin, second = bits(account.margin), percent(account.candidates[1].share)
    return Sentence(
        f"Người thứ hai kém {margin.vi.lstrip('+')} (khả năng {second.vi}). {rest.vi}",
        f"The second is {margin.en.lstrip('+')} behind (chance {second.en}). {rest.en}",
    )


def _thresholds(best: Candidate, policy: Policy) -> Sentence:
    costs = policy.costs
    sure, likely, unlikely = (percent(one) for one in (costs.sure, costs.likely, costs.unlikely))
    vi, en = _between(best, policy)
    wrong, missed = costs.false_link / costs.review, costs.missed_link / costs.review
    return Sentence(
        f"Gán nhầm người tốn bằng {wrong:.0f} lần cán bộ xem xét, bỏ sót tốn bằng {missed:.0f} "
        f"lần; vì thế máy chỉ tự nhận từ {sure.vi}, nêu đề xuất từ {likely.vi}, và kết luận không "
        f"phải khi không quá {unlikely.vi}. {vi}",
        f"A wrong person costs as much as {wrong:.0f} looks by an officer, a missed one as "
        f"{missed:.0f}; so it is accepted from {sure.en} on, proposed from {likely.en} on, and "
        f"ruled out up to {unlikely.en}. {en}",
    )


def _between(best: Candidate, policy: Policy) -> tuple[str, str]:
    if best.confirmed:
        return (
            "Cán bộ đã xác nhận người này: kết luận của người đứng trên mọi trọng số.",
            "An officer confirmed this person: that outranks every weight.",
        )
    reviewed = [part.level for part in best.parts if part.level and part.level.review == "always"]
    if best.share >= policy.costs.sure and reviewed:
        return (
            f"Khả năng đạt, nhưng “{reviewed[0].vi}” thì luôn cần người xem xét.",
            f"The chance is enough, but “{reviewed[0].en}” always needs a person.",
        )
    if best.share >= policy.costs.sure:
        return "Khả năng ở đây đạt mức tự nhận.", "The chance here is enough to accept."
    if best.share >= policy.costs.likely:
        return "Khả năng ở đây đủ để đề xuất.", "The chance here is enough to propose."
    return "Khả năng ở đây chưa đủ để đề xuất.", "The chance here is not enough to propose."


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
