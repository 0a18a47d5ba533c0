"""The census of a made-up American town, linked to its social security numbers.

    python -m venv elsewhere && elsewhere/bin/pip install pseudopeople
    elsewhere/bin/python benchmarks/pseudopeople_link.py make FOLDER
    python benchmarks/pseudopeople_link.py link FOLDER

The data are those that travel with the package pseudopeople (Institute for Health Metrics and
Evaluation): a census of some 10,000 persons and 16,000 holders of a number, with the errors that
its authors chose. The package needs versions of others that the platform does not, so the data are
made in an environment of their own. No label is used, and no chance is fitted: the policy for
western names stands in `benchmarks/western.yaml`. Writes `benchmarks/results/pseudopeople.json`.
"""

from __future__ import annotations

import re
import sys
import tempfile
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from sogoc.contract.model import Register
    from sogoc.link.evaluate import Link, Quality, Truth

YEAR = 2020
CENSUS_DAY = date(YEAR, 4, 1)
PUBLISHED = 0
"""The seed of the package's own examples, on which others publish."""

HELD_OUT = (1, 2, 3)
"""Other errors in the same town: nobody looked at these before the policy was finished."""

MISREAD = str.maketrans("oOlI|!iSsGBZzgq", "001111155682299")
"""Letters that a scanner reads for digits."""

_PLACEHOLDER = "qz"


def main(what: str, folder: Path) -> None:
    """Make the data, or link and judge them."""
    {"make": make, "link": link}[what](folder)


def make(folder: Path) -> None:
    """Write both lists as Parquet; runs where pseudopeople is installed."""
    import pseudopeople

    folder.mkdir(parents=True, exist_ok=True)
    for seed in (PUBLISHED, *HELD_OUT):
        census = pseudopeople.generate_decennial_census(year=YEAR, seed=seed)
        holders = pseudopeople.generate_social_security(year=YEAR, seed=seed)
        census.astype(str).to_parquet(folder / f"census-{seed}.parquet")
        holders.astype(str).to_parquet(folder / f"holders-{seed}.parquet")


def link(folder: Path) -> None:
    """Link, judge, write the result."""
    import harness

    from sogoc.link import evaluate

    results = {}
    for seed in (PUBLISHED, *HELD_OUT):
        measured = harness.measure(partial(links, folder, seed))
        ranked, accepted, truth = measured.pop("returned")
        proposed = [one for one in ranked if one.probability >= 0.5]
        results["published" if seed == PUBLISHED else f"held out {seed}"] = {
            **measured,
            "records": len(truth),
            "best_each_from_posterior_half": _numbers(evaluate.quality(proposed, truth)),
            "accepted_by_outcome": _numbers(evaluate.quality(accepted, truth)),
            "recall_at_precision": {
                str(share): round(evaluate.recall_at(ranked, truth, precision=share), 5)
                for share in (0.99, 0.995, 0.999)
            },
        }
    print(harness.record("pseudopeople", results))


def links(folder: Path, seed: int) -> tuple[list[Link], list[Link], dict[int, Truth]]:
    """The best person for each record, the accepted links, the truth."""
    import pyarrow.parquet as pq

    from sogoc.link.evaluate import Link, Truth
    from sogoc.link.plan import plan
    from sogoc.link.policy import load
    from sogoc.link.population import population_plan
    from sogoc.localities.tables import unit_tables
    from sogoc.tables.duckdb_engine import DuckDBEngine
    from sogoc.tables.naming import reference, standard, verified

    holders = _holders(_told(pq.read_table(folder / f"holders-{seed}.parquet")))
    census = _census(_told(pq.read_table(folder / f"census-{seed}.parquet")))
    policy = load(Path(__file__).parent / "western.yaml")
    register = _register()
    with tempfile.TemporaryDirectory() as place, DuckDBEngine(Path(place)) as engine:
        engine.register(reference("town", "people"), _table(holders))
        engine.register(standard("people"), _standard(census))
        for name, table in unit_tables().items():
            engine.register(name, table)
        for step in population_plan(register, as_of=date(YEAR, 1, 1)):
            engine.run(step)
        for step in plan(register, policy):
            engine.run(step)
        rows = engine.rows(
            f"select v._row, v.outcome, v.number, a.b_number, a.b_posterior "
            f"from {verified('people')} as v inner join link_answers__people as a "
            "on v._row = a._row order by v._row"
        )
    owner = {row["number"]: row["who"] for row in holders}
    there = set(owner.values())
    truth = {
        row: Truth(person=one["who"] if one["who"] in there else None)
        for row, one in enumerate(census, 1)
    }
    accepted = [
        Link(record=row, person=owner[number], probability=1.0, accepted=True)
        for row, outcome, number, *_ in rows
        if outcome in {"verified", "differs", "deceased", "found"}
    ]
    ranked = [
        Link(record=row, person=owner[number], probability=posterior, accepted=True)
        for row, _, _, number, posterior in rows
        if number
    ]
    return ranked, accepted, truth


def _told(table: pa.Table) -> list[dict[str, str]]:
    """Rows whose values are text, empty where nothing is told."""
    nothing = {None, "None", "nan", "<NA>", "NaT"}
    return [
        {key: "" if value in nothing else value for key, value in row.items()}
        for row in table.to_pylist()
    ]


def _holders(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """One row a holder: of the events of one number, the first that tells each thing."""
    people: dict[str, dict[str, Any]] = {}
    for row in rows:
        told = {
            "who": row["simulant_id"],
            "name": _name(row["last_name"], row["middle_name"], row["first_name"]),
            "born": _day(row["date_of_birth"], "ymd"),
            "sex": _sex(row["sex"]),
        }
        known = people.setdefault(row["ssn"], told)
        for key, value in told.items():
            if known[key] is None:
                known[key] = value
    return [{**one, "number": f"{at:012d}"} for at, one in enumerate(people.values(), 1)]


def _census(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [
        {
            "who": row["simulant_id"],
            "name": _name(row["last_name"], row["middle_initial"], row["first_name"]),
            "born": _day(row["date_of_birth"], "mdy") or _year_of(row["age"]),
            "sex": _sex(row["sex"]),
            "number": None,
        }
        for row in rows
    ]


def _name(last: str, middle: str, first: str) -> str | None:
    """`surname initial given`, each without blanks; a part that is not told has its own word."""
    parts = (_letters(last), _letters(middle)[:1], _letters(first))
    if not any(parts):
        return None
    return " ".join(part or _PLACEHOLDER for part in parts)


def _letters(text: str) -> str:
    return re.sub("[^a-z]", "", text.lower())


def _day(text: str, order: str) -> str | None:
    """The date with the precision that can be read; letters for digits are read as digits."""
    digits = text.translate(MISREAD)
    if order == "ymd":
        match = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", digits)
        year, month, day = match.groups() if match else ("", "", "")
    else:
        match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", digits)
        month, day, year = match.groups() if match else ("", "", "")
    if not match:
        return None
    return _valid(year, month, day) or _valid(year, day, month) or year


def _valid(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _year_of(age: str) -> str | None:
    """The likelier of the two years in which somebody of this age on the day was born."""
    match = re.match(r"\d{1,3}", age.translate(MISREAD))
    return str(CENSUS_DAY.year - 1 - int(match[0])) if match else None


def _sex(text: str) -> str | None:
    return {"Male": "nam", "Female": "nữ"}.get(text)


_COLUMNS = ("number", "name", "born", "sex")


def _table(people: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    columns = {name: pa.array([one[name] for one in people], pa.string()) for name in _COLUMNS}
    return pa.table(columns)


def _standard(people: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    table = _table(people)
    for name in _COLUMNS:
        table = table.append_column(f"{name}__raw", table[name])
        table = table.append_column(f"{name}__proposal", pa.nulls(len(people), pa.string()))
    return table.append_column("_row", pa.array(range(1, len(people) + 1), pa.int64()))


def _register() -> Register:
    from sogoc.contract.model import Field, Person, Register, RegisterObject
    from sogoc.values.kinds import Kind

    kinds = (Kind.TEXT, Kind.PERSON_NAME, Kind.PARTIAL_DATE, Kind.SEX)
    one = RegisterObject(
        name="people",
        fields=tuple(
            Field(name=name, kind=kind) for name, kind in zip(_COLUMNS, kinds, strict=True)
        ),
        persons=(Person(**{name: name for name in _COLUMNS}),),
        link_to="one-to-one",
    )
    return Register(id="town", name="A town", version="1", objects=(one,))


def _numbers(one: Quality) -> dict[str, float]:
    return {
        "linked": one.linked,
        "precision": round(one.precision, 5),
        "recall": round(one.recall, 5),
        "f1": round(one.f1, 5),
    }


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
