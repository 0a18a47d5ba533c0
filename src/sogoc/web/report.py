"""The report of a delivery and the page of a register: figures, each with a way to its records."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.database.deliveries import Scope
from sogoc.link.explaining.promised import promised_words
from sogoc.node import judging
from sogoc.node.returns import FORM
from sogoc.pipeline.linking.models import LINKING, model_of_run
from sogoc.records.links import events
from sogoc.records.links.events import LinkEvents
from sogoc.web.charts import Bar, Caption, Chart, bars, line, tiles
from sogoc.web.view import View, no_such, object_of
from sogoc.web.wording import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from starlette.responses import Response

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.errors import Sentence
    from sogoc.web.reading.figures import Delivery, Group, Outcome, Place, Point, Reader, Score

_EVENTS = 20
"""Events of links that the report lists; the command lists all."""
BARS = 10
"""Bars of a chart; the table below it holds all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorKind:
    """One rule with its counts, and the query that lists its records."""

    code: str
    name: str
    object: str
    criterion: str
    assessed: int
    failed: int
    unassessed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionScore:
    """One criterion over all its rules."""

    criterion: str
    assessed: int
    failed: int
    unassessed: int
    dqi: float | None
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """One locality: the records of each object by group, its score, its errors."""

    locality: str
    name: str
    objects: list[Place]
    score: Score | None
    failed: int


def delivery_page(view: View, reader: Reader, number: int) -> Response:
    """What came, what is right, what is wrong, where, and what to hand out."""
    delivery = reader.delivery(number)
    if delivery is None:
        raise no_such("lô dữ liệu", "delivery")
    register = view.register(delivery.register)
    if delivery.scope != Scope.PLACES or delivery.form in {FORM, judging.FORM}:
        return view.show("corrections.html", delivery=delivery, register=register)
    kinds = error_kinds(view, register, reader.scores(number, "rule"))
    places = place_rows(view, reader, number)
    outcomes = reader.outcomes(delivery.register)
    return view.show(
        "delivery.html",
        delivery=delivery,
        register=register,
        score=next((s for s in reader.scores(number, "register") if not s.criterion), None),
        criteria=criteria(reader, register.id, number),
        groups=_by_group(reader.groups(number)),
        kinds=kinds,
        kinds_chart=_kinds_chart(view, kinds),
        places=places,
        places_chart=_places_chart(view, places),
        outcomes=outcomes,
        outcomes_chart=_outcomes_chart(view, outcomes),
        promises=promises(delivery, register),
        links=LinkEvents(reader.connection).counts(register.id, number),
        link_events=LinkEvents(reader.connection).changed_by(register.id, number, limit=_EVENTS),
        link_words=events,
        hand_out=reader.to_hand_out(delivery.register),
        note=view.parts.rule_note(delivery.rules_version),
        near_duplicates=reader.count_near_duplicates(number),
        coverage=reader.coverage(number),
    )


def promises(delivery: Delivery, register: Register) -> list[tuple[RegisterObject, Sentence, int]]:
    """Of each object whose persons were verified: what is promised of its links, and its model."""
    said = delivery.counts.get(LINKING, {}).get("promises", {})
    return [
        (one, promised_words(said[one.name]), model_of_run(delivery.counts, one.name))
        for one in register.objects
        if one.name in said
    ]


def register_page(view: View, reader: Reader, name: str) -> Response:
    """How a register stands: score by criterion, by province and commune, over time."""
    register = view.register(name)
    latest = reader.latest(name)
    number = latest.id if latest else 0
    trend = reader.trend(name)
    return view.show(
        "register.html",
        register=register,
        latest=latest,
        deliveries=reader.deliveries(name),
        score=next((s for s in reader.scores(number, "register") if not s.criterion), None),
        criteria=criteria(reader, name, number),
        fields=reader.scores(number, "field"),
        places=place_rows(view, reader, number),
        provinces=province_rows(view, reader, number),
        tiles=tiles(),
        trend=trend,
        trend_chart=_trend_chart(view, trend),
        worklists=reader.worklists(name),
        counts={one.name: _stored(latest, one.name) for one in register.objects},
    )


def error_kinds(view: View, register: Register, scores: Iterable[Score]) -> list[ErrorKind]:
    """Rules that failed or could not be assessed, most failures first."""
    kinds = []
    for score in scores:
        one = object_of(register, score.name)
        kinds.append(
            ErrorKind(
                code=score.name,
                name=view.rule_name(one, score.name) if one else score.name,
                object=one.name if one else "",
                criterion=score.criterion,
                assessed=score.assessed,
                failed=score.failed,
                unassessed=score.unassessed,
            )
        )
    return kinds


def criteria(reader: Reader, register: str, number: int) -> list[CriterionScore]:
    """Each criterion: the counts of its rules, with the index where the run left one."""
    whole = (
        one for one in reader.scores(number, "criterion") if one.name.startswith(f"{register}/")
    )
    indexed = {one.criterion: one for one in whole}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for score in reader.scores(number, "rule"):
        for position, count in enumerate((score.assessed, score.failed, score.unassessed)):
            counts[score.criterion][position] += count
    return [
        CriterionScore(
            criterion=criterion,
            assessed=assessed,
            failed=failed,
            unassessed=unassessed,
            dqi=indexed[criterion].dqi if criterion in indexed else None,
            colour=indexed[criterion].colour if criterion in indexed else "",
        )
        for criterion, (assessed, failed, unassessed) in sorted(counts.items())
    ]


def place_rows(view: View, reader: Reader, number: int) -> list[PlaceRow]:
    """Every locality of a delivery, those with most to repair first."""
    places: dict[str, list[Place]] = defaultdict(list)
    for one in reader.places(number):
        places[one.locality].append(one)
    failed = {place.locality: place.failed for place in reader.failures_by_place(number)}
    scores = {
        score.locality: score
        for score in reader.scores(number, "register", None)
        if score.locality and not score.criterion
    }
    codes = {*places, *failed, *scores} - {""}
    rows = [
        PlaceRow(
            locality=code,
            name=view.place(code),
            objects=places.get(code, []),
            score=scores.get(code),
            failed=failed.get(code, 0),
        )
        for code in codes
    ]
    return sorted(rows, key=lambda row: (-row.failed, row.locality))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceRow:
    """One province: the communes of a register in it, added up."""

    code: str
    communes: int
    records: int
    group_1: int
    failed: int

    @property
    def clean_share(self) -> float | None:
        """Share of records in group 1, in hundredths."""
        return 100 * self.group_1 / self.records if self.records else None


def province_rows(view: View, reader: Reader, number: int) -> dict[str, ProvinceRow]:
    """Records of all objects by province, code of the province -> its sums."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in place_rows(view, reader, number):
        province = province_of(view, row.locality, view.today)
        counts = sums[province]
        counts[0] += 1
        counts[1] += sum(one.records for one in row.objects)
        counts[2] += sum(one.group_1 for one in row.objects)
        counts[3] += row.failed
    return {
        code: ProvinceRow(code=code, communes=one[0], records=one[1], group_1=one[2], failed=one[3])
        for code, one in sorted(sums.items())
    }


def province_of(view: View, code: str, day: date) -> str:
    """The province of a unit; a province's own code is itself."""
    if len(code) == 2:  # noqa: PLR2004 - a province code has two digits
        return code
    return view.parts.units.province_of(code, day) or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSum:
    """One group of one object: its records, and the reasons with most records."""

    object: str
    group: int
    records: int
    reasons: list[Group]


def _by_group(groups: list[Group]) -> list[GroupSum]:
    """Objects in the order in which they were read, each with groups 1, 2 and 3."""
    sums: dict[tuple[str, int], list[Group]] = defaultdict(list)
    for one in groups:
        sums[one.object, one.group].append(one)
    objects = dict.fromkeys(one.object for one in groups)
    return [
        GroupSum(
            object=name,
            group=group,
            records=sum(one.records for one in sums[name, group]),
            reasons=[one for one in sums[name, group] if one.reason][:3],
        )
        for name in objects
        for group in (1, 2, 3)
    ]


def _stored(latest: Delivery | None, name: str) -> int:
    if latest is None:
        return 0
    return sum(latest.of(name, count) for count in ("inserted", "changed", "unchanged"))


def _kinds_chart(view: View, kinds: list[ErrorKind]) -> Chart | None:
    drawn = [Bar(kind.name, kind.failed) for kind in kinds[:BARS] if kind.failed]
    return _bars(view, drawn, ("kinds", view.speech("Lỗi theo loại", "Errors by kind")))


def _places_chart(view: View, places: list[PlaceRow]) -> Chart | None:
    drawn = [Bar(row.name, row.failed) for row in places[:BARS] if row.failed]
    return _bars(view, drawn, ("places", view.speech("Lỗi theo địa bàn", "Errors by locality")))


def _outcomes_chart(view: View, outcomes: list[Outcome]) -> Chart | None:
    sums: dict[str, int] = defaultdict(int)
    for one in outcomes:
        sums[one.outcome] += one.persons
    ranked = sorted(sums.items(), key=lambda item: -item[1])
    drawn = [Bar(view.speech.word(OUTCOMES, outcome), persons) for outcome, persons in ranked]
    return _bars(view, drawn, ("outcomes", view.speech("Kết quả đối soát", "Verification")))


def _bars(view: View, drawn: list[Bar], named: tuple[str, str]) -> Chart | None:
    """A chart of bars, None where there is nothing to draw."""
    if not drawn:
        return None
    say, first = view.speech, drawn[0]
    told = say(
        f"Biểu đồ cột ngang, {len(drawn)} cột. Nhiều nhất: {first.label}, "
        f"{say.number(first.value)}. Số liệu đầy đủ ở bảng bên dưới.",
        f"Horizontal bars, {len(drawn)} of them. Most: {first.label}, "
        f"{say.number(first.value)}. All figures stand in the table below.",
    )
    caption = Caption(name=named[0], title=named[1], description=told, language=say.language)
    return bars(drawn, caption)


def _trend_chart(view: View, trend: list[Point]) -> Chart | None:
    say = view.speech
    drawn = [Bar(say.day(one.as_of), one.dqi) for one in trend if one.dqi is not None]
    if len(drawn) < 2:  # noqa: PLR2004 - one point is no line
        return None
    first, last = (say.number(point.value, 1) for point in (drawn[0], drawn[-1]))
    caption = Caption(
        name="trend",
        title=say("Chỉ số qua các lô dữ liệu", "Score over the deliveries"),
        description=say(f"Từ {first} đến {last}.", f"From {first} to {last}."),
        language=say.language,
    )
    return line(drawn, caption)
