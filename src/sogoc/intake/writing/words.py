"""How usual a word is in names and addresses, as a decimal logarithm of its share.

Many texts are legal in two writings: `Vãn` is a syllable and so is what CP1258 makes of it, `Văn`;
`Lee` is a surname and so is what Telex makes of it, `Lê`. Only how often each is met tells them
apart. Names of units come from the reference list, which also holds the words of minorities that
are no syllables (`Krông`, `Drăng`, `Kmăl`); shares of surnames are those of samples, rounded; the
rest are lists of words that any register holds, by how many of ten thousand words each is.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from sogoc.intake.writing.syllables import composed, is_syllable, parted
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable

_RARE, _FEW, _UNKNOWN, _A_LETTER = -5.0, -6.5, -2.0, -1.1
"""A syllable of no list; one of the few with a long o (`xoong`); a word that is none, and what
each of its letters adds."""
_COMMONEST = -1.5
_OF_UNITS, _OF_PERSONS = 0.35, 0.65
_BEFORE_A_NAME, _OF_MINORITIES = re.compile("^[hkmr]'"), -1.5
"""`H'Linh`, `K'Brêu`: what stands before many names."""
_LETTERS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")

_TOLD = {
    1100: "nguyễn",
    330: "trần lê thị văn",
    180: "phạm xã số",
    110: "hoàng huỳnh phan vũ võ thôn phường minh ngọc thanh",
    60: "đặng bùi đỗ hồ ngô dương lý trương đinh hữu đức xuân kim thu hương hồng phương lan "
    "huyện tỉnh thành phố đường tổ ấp xóm anh",
    35: "trịnh nông mai hà đoàn lương cao đào lâm thái hùng dũng tuấn hải bình hòa hoa thảo "
    "linh trang hằng nga thủy thúy thùy hạnh hiền yến ngân nhung loan liên phúc phước khu "
    "khối dân bản ngõ hẻm ngách nhà trấn long sơn nam thắng cường tâm trung huy bảo khánh "
    "gia quốc công đình quang tiến bích mỹ hoài vân my vy nhi như quỳnh duy bá viết trọng "
    "tú quý khóm lô căn hộ khách tầng tòa quận",
    12: "niê êban mlô kbuôr byă ksơr ksor kđoh kdăm kpă rơ châm rah siu nay lưu triệu phùng đàm "
    "chu vi tạ tô châu quách lò giàng sùng thạch kiều lục hứa mạc bạch bế ma lường quàng "
    "tòng cà đèo mùa vàng sầm tống vương tăng doãn nghiêm từ la âu quan danh hưng hiếu hào "
    "hân hậu hoạch hoan hoàn huân huế huệ huyền kha khang khải khoa khôi khuê kiên kiệt kỳ "
    "lệ liễu lộc lợi luân luận lực mạnh mến nghĩa nghị nguyên nguyệt nhân nhật nhàn oanh "
    "phát phong phú phượng quân quyên quyền quyết sang sáng sen sinh sỹ tài tân thạnh thắm "
    "thế thi thiên thiện thịnh thoa thơ thông thuận thuần thục thư thương thường tiên tín "
    "tình toàn toản trâm trân tri trí trinh trúc truyền trường tùng tuyên tuyền tuyết tường "
    "tươi tư uyên út vinh việt vịnh xoan ý ân ái ánh ẩn ất chi chiến chung chương cúc cương "
    "di diễm diệp diệu dung duyên đại đạt đăng điền điệp đoan đông đồng đạo độ giang giáp "
    "giàu hảo ba bảy tám chín sáu năm bốn hai mười bé bằng bắc tây đoài thượng hạ nội ngoại "
    "giữa cụm đội buôn làng chiềng tiểu chợ cầu bến ga trại đồn vườn hòe sông suối núi rừng "
    "quảng an lạc khê trì khương thuỵ thụy duệ hợp hiệp hội nhất nhị lĩnh vĩnh lai chính "
    "cách mạng tháng",
    4: "páo dợ mỷ chứ dế súa lầu hầu cư hạng thào vừ cứ pờ chảo tẩn phàn mã lù thền lèng cháng "
    "ayŭn hmŏk bkrông êñuôl knul adrơng duôn du rmah rcom lơ mu liêng kơ să drăng ya krang "
    "cil bon niêng jrang ja kră điểu bling zơ râm alăng arâl bhnướch a ria côn hiên giả "
    "kiêm thoại chau néang nguyện nhã nhạn nhâm nhiên nhu nhựt phấn phi phiến phụng phục "
    "quế quới sa sâm song sung sử tấn tạo thao thân thảnh thâu thêm thiết thìn thọ thuyết "
    "thức tiếp tiệp toán tôn tráng triển triết trình trụ tuân tuệ tuynh tỵ vẹn viện vui "
    "vượng xinh xuyến yêm yên huấn khuyến khởi kính lành lãm lam lân lập lễ liêm luyến "
    "luyện lư lượng mậu miên mơ mùi muội na nết ngà ngạn ngát ngoan ngôn nhuận nhường ninh "
    "nương phiên giáng hiển hiệu hoán hoát hồi hợi khiêm khiết khoát khoan khuynh bách bạn "
    "bảng biên bộ bội bưởi cảnh cẩm cẩn cần canh chất chinh chúc chuyên chức chước cơ cử "
    "diện dần dậu dĩ doanh dư dự đản đằng đệ định đính đoạt được gấm gương hanh hạp hấn",
}
"""Of ten thousand words of a register of persons and addresses, roughly."""

_FOREIGN_TOLD = """
has his lows max box see too moon noon soon room food foot good wood door poor boot root tool
town down dawn lawn law saw raw low row now how know hoof loof bees beer deer been seen feet
free tree three coffee lee book look hair toor soos bar car far star mar per for nor or her sir
fox tax mix six six fix mr mrs us as is gas bus plus class glass boss miss pass dress less hello
sales sports news glass tours cars bars doors rooms foods goods rows cows view new few crew show
slow flow grow tower flower power corner center floor street office coop cool pool school moor
"""
_FOREIGN = frozenset(_FOREIGN_TOLD.split())
_A_FOREIGN_TEXT, _A_FOREIGN_WORD, _A_STRANGE_SIGN = -1.5, -3.0, -1.5
_AT_END = "0123456789.?'"
"""Signs that may follow a word of any language."""


@lru_cache(maxsize=200_000)
def usual(word: str) -> float:
    """The logarithm of the word's share; of one that is in no list, what its letters allow."""
    told = spelled(word)
    known = _table().get(told)
    if known is not None:
        return known
    part = _BEFORE_A_NAME.sub("", told)
    if part != told:
        return max(usual(part) + _OF_MINORITIES, unheard_of(len(told) - 1))
    if is_syllable(told):
        return _FEW if "oo" in told else _RARE
    return unheard_of(sum(map(str.isalpha, told)))


def unheard_of(letters: int) -> float:
    """The same for a word of so many letters that nobody has met."""
    return _UNKNOWN + _A_LETTER * letters


def is_known(word: str) -> bool:
    """Whether the word is a syllable, or stands in a list."""
    told = spelled(word)
    return told in _table() or is_syllable(_BEFORE_A_NAME.sub("", told))


def rarity(word: str) -> float:
    """What it costs to believe that a legal word was meant: nothing for the commonest."""
    return max(_COMMONEST - usual(word), 0.0)


@lru_cache(maxsize=100_000)
def unmarked(word: str) -> float:
    """The logarithm of the share of all words that give this one when their marks are lost."""
    return _bare_table().get(word.casefold(), usual(word))


@lru_cache(maxsize=100_000)
def foreign(word: str) -> float:
    """The same in a text of another language."""
    if word.casefold() in _FOREIGN:
        return _A_FOREIGN_WORD
    strange = sum(not sign.isalpha() and sign != "'" for sign in word.rstrip(_AT_END))
    return min(-0.5 - len(word) + _A_STRANGE_SIGN * strange, _A_FOREIGN_WORD)


def of_another_language(shares: Iterable[float]) -> float:
    """How likely a text of words with these shares is, beside one of Vietnamese."""
    return _A_FOREIGN_TEXT + sum(shares)


def borrowed(word: str) -> float:
    """The share of a word of another language within a Vietnamese text."""
    return _UNKNOWN + _A_FOREIGN_WORD if word.casefold() in _FOREIGN else -math.inf


@lru_cache(maxsize=200_000)
def spelled(word: str) -> str:
    """The word in small letters, its tone mark where the common spelling has it."""
    written = unicodedata.normalize("NFC", word.casefold())
    if not is_syllable(written):
        return written
    return composed(*parted(written))


def bare(word: str) -> str:
    """The word without marks."""
    apart = unicodedata.normalize("NFD", word.casefold().replace("đ", "d").replace("Đ", "d"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@cache
def _table() -> dict[str, float]:
    shares = Counter[str]()
    for times, words in _TOLD.items():
        for word in set(words.split()):
            shares[spelled(word)] += times
    persons = shares.total()
    units = _of_units()
    places = units.total()
    both = defaultdict[str, float](float)
    for word, times in shares.items():
        both[word] += _OF_PERSONS * times / persons
    for word, times in units.items():
        both[word] += _OF_UNITS * times / places
    return {word: max(math.log10(share), _RARE) for word, share in both.items()}


@cache
def _bare_table() -> dict[str, float]:
    shares = defaultdict[str, float](float)
    for word, told in _table().items():
        shares[bare(word)] += 10.0**told
    return {word: math.log10(share) for word, share in shares.items()}


def _of_units() -> Counter[str]:
    """Words of the names of provinces, districts and communes, old and new."""
    file = shipped("reference-data") / "admin-units" / "units.csv"
    with file.open(encoding="utf-8") as rows:
        names = [row["name_vi"] for row in csv.DictReader(rows)]
    return Counter(spelled(word) for name in names for word in _LETTERS.findall(name))
