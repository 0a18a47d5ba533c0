"""What the terminal tells while the country works: who joined, delivered, asked, was refused."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryDirectory
from time import sleep
from typing import TYPE_CHECKING, Any

from sogoc.cli.country.cast import GRANTS, READINGS, VERIFYING
from sogoc.cli.country.questions import Country as Asking
from sogoc.cli.country.serving import journal_size, serve_all
from sogoc.cli.country.working import all_at_work
from sogoc.errors import AnswerRefused, BrokenLog, Sentence
from sogoc.link.words import OUTCOME_WORDS
from sogoc.node.serving import BEAT_SECONDS

if TYPE_CHECKING:
    from sogoc.cli.context import Desk
    from sogoc.cli.country.cast import Reading, Verifying
    from sogoc.cli.country.laying import Laid
    from sogoc.cli.country.questions import Verified
    from sogoc.cli.country.working import Told
    from sogoc.demo.country import Country, Delivery

_LONGEST_REFUSAL = 160
_AT_ONCE = 2


def tell_story(desk: Desk, laid: tuple[Laid, ...], country: Country) -> None:
    """Let everything happen, and tell it. At the end the six nodes serve."""
    _work(desk, laid, country)
    _serve(desk, laid)
    asking = Asking({one.agency.folder: one for one in laid})
    _ask(desk, asking)
    _verify_journals(desk, laid)


def _work(desk: Desk, laid: tuple[Laid, ...], country: Country) -> None:
    desk.say.heading(
        "2. Sáu cơ quan, mỗi nơi một nút, gia nhập và nhận dữ liệu nộp",
        "2. Six agencies, each with a node of its own, join and take what is delivered",
    )
    desk.say.line(
        "                 bản ghi    nhóm 1    nhóm 2    nhóm 3   DQI %   giây",
        "                 records   group 1   group 2   group 3   DQI %   seconds",
    )
    sayings = {each.file.name: each for each in country.deliveries}
    refused = []
    for told in all_at_work(laid, country):
        if told.line["kind"] == "refused":
            refused.append(Sentence(vi=told.line["vi"], en=told.line["en"]))
        else:
            _say_work(desk, told, sayings)
    desk.say.heading(
        "3. Tệp hỏng hoặc sai mẫu bị từ chối, nói rõ vì sao",
        "3. Broken or wrong files are refused, and told why",
    )
    for each in refused:
        desk.say.line(f"  ✗ {each.vi}", f"  ✗ {each.en}")


def _say_work(desk: Desk, told: Told, sayings: dict[str, Delivery]) -> None:
    line, node = told.line, told.by.agency.folder
    if line["kind"] == "delivered":
        numbers = _numbers(desk, line)
        what = sayings[line["file"]]
        desk.say.line(
            f"  {node:<11}{numbers}  {what.what_vi}", f"  {node:<11}{numbers}  {what.what_en}"
        )
    elif line["kind"] == "joined":
        desk.say.line(
            f"  {node:<11}nhận vào danh bạ: {line['member']}, {line['name']}",
            f"  {node:<11}lets in: {line['member']}, {line['name']}",
        )


def _numbers(desk: Desk, line: dict[str, Any]) -> str:
    counts = "".join(f"{desk.say.figure(one):>10}" for one in (line["records"], *line["groups"]))
    score = desk.say.figure(line["dqi"]) if line["dqi"] is not None else "-"
    return f"{counts}{score:>8}{desk.say.figure(line['seconds']):>7}"


def _serve(desk: Desk, laid: tuple[Laid, ...]) -> None:
    desk.say.heading(
        "4. Sáu nút chạy, mỗi nút một tiến trình, một cơ sở dữ liệu, một cổng",
        "4. Six nodes serve, each with a process, a database and a port of its own",
    )
    for one in serve_all(laid):
        desk.say.line(
            f"  {one.agency.folder:<11}{one.settings.address}  {one.agency.name}",
            f"  {one.agency.folder:<11}{one.settings.address}  {one.agency.member}",
        )
    desk.say.line(
        f"  Quyền khai thác đã xin và được cơ quan chủ quản chấp nhận: {len(GRANTS)}",
        f"  Grants asked for, and accepted by who keeps the register: {len(GRANTS)}",
    )


def _ask(desk: Desk, asking: Asking) -> None:
    desk.say.heading(
        "5. Các cơ quan hỏi nhau: có ký, có quyền, ghi nhật ký trước khi trả lời",
        "5. Agencies ask one another: signed, granted, journalled before it is answered",
    )
    right, wrong = asking.owner()
    for sentence, told in (
        (Sentence(vi="Đất đai hỏi dân cư về một chủ đất", en="land asks about an owner"), right),
        (
            Sentence(
                vi="cũng người đó, với số định danh của chủ đất khác",
                en="the same owner under another owner's number",
            ),
            wrong,
        ),
    ):
        outcome = OUTCOME_WORDS[told[0]["outcome"]]
        desk.say.line(f"  ✓ {sentence.vi}: {outcome.vi}", f"  ✓ {sentence.en}: {outcome.en}")
    for each in VERIFYING:
        _say_verified(desk, each, asking.verify(each))
    for reading in READINGS:
        _say_read(desk, asking, reading)


def _say_verified(desk: Desk, what: Verifying, told: Verified) -> None:
    """Outcomes of a whole register, the most frequent first."""
    words = [
        (desk.say.figure(count), _outcome(name)) for name, count in told.outcomes.most_common()
    ]
    persons = desk.say.figure(told.persons)
    desk.say.line(
        f"  ✓ {what.asker} hỏi dân cư về mọi người trong {what.register}: {persons} người",
        f"  ✓ {what.asker} asks about everybody in {what.register}: {persons} persons",
    )
    for count, word in words:
        desk.say.line(f"    {count:>8}  {word.vi}", f"    {count:>8}  {word.en}")


def _outcome(name: str) -> Sentence:
    unreadable = Sentence(vi="Không đọc được bộ ba", en="The triple cannot be read")
    return OUTCOME_WORDS.get(name, unreadable)


def _say_read(desk: Desk, asking: Asking, reading: Reading) -> None:
    try:
        records = asking.read(reading)
    except AnswerRefused as refused:
        mark, told = "✗", refused.sentence
        vi, en = (_short(text) for text in (told.vi, told.en))
    else:
        mark, fields = "✓", [name for one in records for name in one["fields"]]
        vi, en = (f"{word}: {', '.join(fields)}" for word in ("đã trả lời", "answered"))
    desk.say.line(f"  {mark} {reading.why.vi} - {vi}", f"  {mark} {reading.why.en} - {en}")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_REFUSAL else f"{text[:_LONGEST_REFUSAL]}…"


def _verify_journals(desk: Desk, laid: tuple[Laid, ...]) -> None:
    desk.say.heading(
        "6. Người ngoài kiểm tra nhật ký từ thư mục trống, chỉ bằng dữ liệu công khai",
        "6. A stranger verifies the journals from an empty folder, with public data",
    )
    # One beat: what was just asked comes under a signed checkpoint.
    sleep(BEAT_SECONDS)
    with TemporaryDirectory(prefix="sogoc-stranger-") as empty:
        asked = [one for one in laid if journal_size(one.settings.address)]
        commands = [
            ["journal", "verify", one.settings.address, str(one.who.log_key)] for one in asked
        ]
        with ThreadPoolExecutor(_AT_ONCE) as strangers:
            said = strangers.map(lambda words: _stranger(desk, empty, words), commands)
            for words, told in zip(commands, said, strict=True):
                desk.say.line(f"  $ sogoc {' '.join(words)}", f"  $ sogoc {' '.join(words)}")
                desk.say.line(f"    {told}", f"    {told}")


def _stranger(desk: Desk, empty: str, words: list[str]) -> str:
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "sogoc", "--node", empty, "-l", desk.say.language, *words],
        capture_output=True,
        check=False,
        encoding="utf-8",
        cwd=empty,
    )
    if ran.returncode:
        raise BrokenLog(
            Sentence(
                vi=f"Nhật ký không kiểm tra được: {ran.stderr.strip()}",
                en=f"A journal cannot be verified: {ran.stderr.strip()}",
            )
        )
    return ran.stdout.strip()
