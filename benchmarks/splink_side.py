"""Side by side with Splink 5, in one run: a register against a population, each at its best.

    python benchmarks/splink_side.py NATION [SIZE ...]

NATION is a folder made by `sogoc.demo.nation`: `population-<persons>/part-*.parquet` and
`register-<records>-of-<persons>/{plain,truth}/part-*.parquet`. A SIZE is `100000x1000000`; without
any, the three that are recorded. Every piece of work runs in a process of its own, so that time and
peak memory are its own. Both sides start from the same standardised Parquet; what each makes once
for a release of the population (our index, Splink's columns of folded and parted names) is told
apart from the linking, and stays in NATION/beside if the run does not come to its end. Writes
`benchmarks/results/splink.json`.

Splink's model is that of somebody who knows both Splink and Vietnamese names: six comparisons,
among them names with levels for marks, order and middle name, dates with nine levels, term
frequencies of spelling, folded name, date and commune; the place lived in before, where the
population register tells it; eight blocking rules; u by random pairs, m by two passes of
expectation maximisation. For more persons the model trained at a million is used again (it is kept
in NATION: run a size of a million first), the population is cut into chunks, and at a hundred
million the rule of date and given name asks for the surname too. Recall is of the best person for
each record, at a threshold on the score.

A hundred million beside one million: `sogoc bench link --engine kernel --persons 1000000 --records
1000000 --folder FOLDER` and the same with 100000000 persons make NATION (FOLDER/nation-SEED); then
`python benchmarks/splink_side.py NATION 1000000x1000000 1000000x100000000`. Where that command left
the index of a population, ours is linked on it, by SQL and by the kernel, and what its making took
is copied from there (`kept`); the kernel links twice, the second time with everything in memory.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import harness
import pyarrow.parquet as pq
import splink_model

from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.link import evaluate
from sogoc.link.index.person_index import PersonIndex
from sogoc.link.kernel.candidates import Kernel
from sogoc.link.kernel.linking import link
from sogoc.link.names import name_parts
from sogoc.link.plan import plan
from sogoc.link.policy import shipped_policy
from sogoc.link.population import population_plan
from sogoc.localities.tables import unit_tables
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import reference, standard
from sogoc.values.kinds import Kind
from sogoc.values.sql import canonical_name, folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splink import Linker, SettingsCreator

    from sogoc.tables.engine import Step

SIZES = ("100000x1000000", "1000000x1000000", "1000000x10000000")
PRECISIONS = (0.99, 0.995, 0.999)
MEMORY_GIB = 10
SPILL_GIB = 20
MODEL = "splink-model.json"
MOST_SECONDS = 1200
"""What has not ended by then is stopped, and that is said."""
CHUNKS = {10_000_000: 4, 100_000_000: 10}
"""Into how many the population is cut, by its size; else it is taken whole."""
MAPPED_FROM = 100_000_000
"""From so many persons on Splink reads them from Parquet: as a table they fill the memory."""
TRAINED_UP_TO = 1_000_000
"""With more persons the model of the size before is used again."""


def main(nation: Path, *sizes: str) -> None:
    """Link each size by both, judge, write the result."""
    results = _recorded()
    scratch = nation / "beside"
    for size in sizes or SIZES:
        records, persons = (int(count) for count in size.split("x"))
        case = _case(nation, scratch, records=records, persons=persons)
        results[size] = _side_by_side(case)
        print(harness.record("splink", results, packages=("splink",)))
        shutil.rmtree(case)


def _recorded() -> dict[str, Any]:
    """Sizes measured before: each size is one run, and they may be run one by one."""
    file = harness.RESULTS / "splink.json"
    return dict(json.loads(file.read_text())["results"]) if file.exists() else {}


def _case(nation: Path, scratch: Path, *, records: int, persons: int) -> Path:
    """A folder with what one size needs; a smaller register is the first rows of a larger one."""
    case = scratch / f"{records}x{persons}"
    case.mkdir(parents=True, exist_ok=True)
    held = sorted(
        nation.glob(f"register-*-of-{persons}"), key=lambda one: int(one.name.split("-")[1])
    )
    register = next(one for one in held if int(one.name.split("-")[1]) >= records)
    told = {
        "population": nation / f"population-{persons}",
        "register": register,
        "model": nation / MODEL,
        "index": nation / f"index-{persons}",
        "code": nation / "machine-code",
    }
    with DuckDBEngine(case / "cut") as engine:
        for part in ("plain", "truth"):
            source = f"read_parquet('{register}/{part}/part-*.parquet')"
            engine.rows(
                f"copy (select * from {source} where _row <= {records}) "
                f"to '{case}/{part}.parquet' (format parquet)"
            )
    (case / "case.json").write_text(json.dumps({key: str(at) for key, at in told.items()}))
    return case


def _side_by_side(case: Path) -> dict[str, Any]:
    results: dict[str, Any] = {}
    index = _index(case)
    for side, stages in SIDES.items():
        if side == "kernel" and index is None:
            continue
        works = {}
        for work in stages:
            if side == "ours" and work == "prepare" and index is not None:
                works[work] = _kept(index)
                continue
            works[work] = _measured(case, side, work)
        ended = not any(taken.get("unfinished") for taken in works.values())
        results[side] = {**works, **(_judged(case, side) if ended else {})}
        shutil.rmtree(case / side, ignore_errors=True)
    return results


def _index(case: Path) -> Path | None:
    """The index that `sogoc bench link --engine kernel` made of this population, if it did."""
    index = Path(_told(case)["index"])
    return index if (index / "persons").exists() else None


def _kept(index: Path) -> dict[str, Any]:
    seen = json.loads((index / "measured.json").read_text())
    return {
        "wall_seconds": round(seen["wall_seconds"], 3),
        "cpu_seconds": round(seen["cpu_seconds"], 3),
        "peak_mib": round(seen["peak_gib"] * 1024, 1),
        "kept": True,
    }


def _measured(case: Path, side: str, work: str) -> dict[str, Any]:
    """What the work took; what was prepared by a run that did not come to its end stays."""
    done = case / f"{side}-{work}.json"
    if work == "prepare" and done.exists():
        return {**json.loads(done.read_text()), "kept": True}
    command = [sys.executable, __file__, "do", side, work, str(case)]
    taken = harness.measure(command, most=MOST_SECONDS if work != "prepare" else None)
    taken.pop("returned")
    done.write_text(json.dumps(taken))
    return taken


def _judged(case: Path, side: str) -> dict[str, Any]:
    best = pq.read_table(case / side / "best.parquet").to_pylist()
    truth = {
        row["_row"]: evaluate.Truth(person=row["number"])
        for row in pq.read_table(case / "truth.parquet", columns=["_row", "number"]).to_pylist()
    }
    links = [
        evaluate.Link(
            record=row["_row"], person=row["number"], probability=row["score"], accepted=True
        )
        for row in best
    ]
    return {
        "recall_at_precision": {
            str(share): round(evaluate.recall_at(links, truth, precision=share), 5)
            for share in PRECISIONS
        },
        "best_f1": round(max(_f1s(links, truth)), 5),
    }


def _f1s(links: list[evaluate.Link], truth: dict[int, evaluate.Truth]) -> Iterator[float]:
    present = sum(one.person is not None for one in truth.values())
    ordered = sorted(links, key=lambda link: -link.probability)
    right = itertools.accumulate(truth[link.record].person == link.person for link in ordered)
    yield 0.0
    for given, correct in enumerate(right, 1):
        yield 2 * correct / (given + present)


def _kinds(old: str) -> dict[str, Kind]:
    return {
        "number": Kind.PERSONAL_ID,
        **({old: Kind.OLD_ID} if old else {}),
        "name": Kind.PERSON_NAME,
        "born": Kind.PARTIAL_DATE,
        "sex": Kind.SEX,
        "commune": Kind.COMMUNE,
    }


def _register() -> Register:
    roles = {name: name for name in _kinds("")}
    return _one("register", _kinds(""), Person(**roles))


def _population() -> Register:
    person = Person(
        number="so_dinh_danh", old_number="so_cmnd", name="ho_ten", born="ngay_sinh",
        sex="gioi_tinh", commune="ma_xa", died="ngay_mat", father="cha_ho_ten",
        mother="me_ho_ten", spouse="vo_chong_ho_ten", household="so_ho", former="ma_xa_truoc",
    )  # fmt: skip
    names = dict.fromkeys(("cha_ho_ten", "me_ho_ten", "vo_chong_ho_ten"), Kind.PERSON_NAME)
    kinds = {
        "so_dinh_danh": Kind.PERSONAL_ID, "so_cmnd": Kind.OLD_ID, "ho_ten": Kind.PERSON_NAME,
        "ngay_sinh": Kind.PARTIAL_DATE, "gioi_tinh": Kind.SEX, "ma_xa": Kind.COMMUNE,
        "ngay_mat": Kind.PARTIAL_DATE, "so_ho": Kind.TEXT, "ma_xa_truoc": Kind.COMMUNE,
    }  # fmt: skip
    return _one("population", kinds | names, person)


def _one(name: str, kinds: dict[str, Kind], person: Person) -> Register:
    fields = tuple(
        Field(name=field, kind=kind, as_of_date=_WRITTEN_ON.get(field, ""))
        for field, kind in kinds.items()
    )
    one = RegisterObject(name="people", fields=fields, persons=(person,))
    return Register(id=name, name=name, version="1", objects=(one,))


_WRITTEN_ON = {"ma_xa_truoc": "2025-06-30"}
"""The place before the last move stands by its code of before the merger of communes."""


def _told(case: Path) -> dict[str, str]:
    return dict(json.loads((case / "case.json").read_text()))


def _engine(case: Path, side: str = "ours") -> DuckDBEngine:
    engine = DuckDBEngine(case / side, memory_gib=MEMORY_GIB, spill_gib=SPILL_GIB)
    people = Path(_told(case)["population"]) / "part-*.parquet"
    engine.register(reference("population", "people"), people)
    index = _index(case)
    if index is not None and side == "ours":
        PersonIndex.open(index / "persons").register(engine)
    engine.register(standard("people"), case / "plain.parquet")
    for name, table in unit_tables().items():
        engine.register(name, table)
    return engine


def ours_prepare(case: Path) -> None:
    """The index of the population, once for each release of it."""
    if _index(case) is not None:
        return
    _run(case, population_plan(_population(), as_of=date(2026, 1, 1)))


def ours_link(case: Path) -> None:
    """The cascade, and the best person of each record with the posterior."""
    _run(case, plan(_register(), shipped_policy()))
    with _engine(case) as engine:
        _best(engine, case / "ours")


def kernel_link(case: Path) -> None:
    """The same links by the compiled kernel, on the mapped index."""
    told = _told(case)
    side = case / "kernel"
    shutil.rmtree(side, ignore_errors=True)
    index = PersonIndex.open(Path(told["index"]) / "persons")
    kernel = Kernel(index=index, policy=shipped_policy(), cache=Path(told["code"]))
    with _engine(case, "kernel") as engine:
        link(engine, _register(), kernel, folder=side / "parts")
        _best(engine, side)


def _best(engine: DuckDBEngine, side: Path) -> None:
    engine.rows(
        "copy (select _row, b_number as number, b_posterior as score "
        "from link_answers__people where b_number is not null) "
        f"to '{side}/best.parquet' (format parquet)"
    )


def _run(case: Path, steps: list[Step]) -> None:
    with _engine(case) as engine:
        for step in steps:
            engine.run(step)


_PARTS = """
    case when length(born) = 10 then born end as dob, cast(substr(born, 1, 4) as integer) as year,
    substr(born, 6, 2) as month, substr(born, 9) as day,
    case when length(born) = 10 and substr(born, 9) <= '12'
        and substr(born, 9) <> substr(born, 6, 2)
        then substr(born, 1, 5) || substr(born, 9) || '-' || substr(born, 6, 2) end as swapped
"""


def splink_prepare(case: Path) -> None:
    """The columns that Splink's model compares: folded and parted names, parts of dates."""
    (case / "splink").mkdir(exist_ok=True)
    told = _told(case)
    people = f"""
        select row_number() over () as unique_id, so_dinh_danh as number, so_cmnd as old_number,
            ho_ten as name, ngay_sinh as born, gioi_tinh as sex, ma_xa as commune,
            ma_xa_truoc as before
        from read_parquet('{told["population"]}/part-*.parquet')
    """
    records = f"""
        select _row as unique_id, coalesce(number, number__proposal) as number,
            case when number is null
                and length(regexp_replace(number__raw, '[^0-9]', '', 'g')) = 9
                then regexp_replace(number__raw, '[^0-9]', '', 'g') end as old_number,
            name, born, sex, commune__now as commune, cast(null as varchar) as before
        from read_parquet('{case}/plain.parquet')
    """
    with DuckDBEngine(case / "splink" / "made", memory_gib=MEMORY_GIB) as engine:
        for name, table in unit_tables().items():
            engine.register(name, table)
        for name, source in (("people", people), ("records", records)):
            engine.rows(f"""copy (
                with told as ({source}),
                spelled as (
                    select *, {canonical_name("name")} as written, {folded("name")} as folded
                    from told
                )
                select s.unique_id, s.number, s.old_number, s.written, s.folded,
                    {name_parts("s.folded")},
                    trim(substr(s.folded, length(split_part(s.folded, ' ', 1)) + 2)) || ' '
                        || split_part(s.folded, ' ', 1) as turned,
                    {_PARTS}, s.sex, s.commune, u.parent as province, f.commune as former
                from spelled as s
                left join (
                    select code, parent from locality_units
                    where level = 'commune' and valid_to is null
                ) as u on s.commune = u.code
                left join (
                    select old_code, case when count(distinct new_code) = 1
                        and min(extent) = 'whole' then max(new_code) end as commune
                    from locality_changes group by old_code
                ) as f on s.before = f.old_code
            ) to '{case}/splink/{name}.parquet' (format parquet)""")


def splink_train(case: Path) -> None:
    """Estimate u by random pairs and m by expectation maximisation; keep the model."""
    from splink import block_on

    if _model(case).exists() and int(case.name.split("x")[1]) > TRAINED_UP_TO:
        return
    linker = _linker(case, splink_model.settings(_prior(case)))
    training = linker.training
    training.estimate_u_using_random_sampling(max_pairs=5e6, seed=20261122)
    training.estimate_parameters_using_expectation_maximisation(
        block_on("number"), fix_probability_two_random_records_match=True
    )
    training.estimate_parameters_using_expectation_maximisation(
        block_on("dob", "given"), fix_probability_two_random_records_match=True
    )
    linker.misc.save_model_to_json(str(_model(case)), overwrite=True)


def splink_link(case: Path) -> None:
    """Score all blocked pairs; the best person of each record with the probability."""
    settings = json.loads(_model(case).read_text())
    settings["probability_two_random_records_match"] = _prior(case)
    persons = int(case.name.split("x")[1])
    chunks = CHUNKS.get(persons, 1)
    if persons >= MAPPED_FROM:
        splink_model.tighten(settings)
    linker = _linker(case, settings)
    pairs = linker.inference.predict(
        threshold_match_weight=-4, num_chunks_left=1, num_chunks_right=chunks
    )
    best = f"""
        select r.unique_id as _row, p.number, r.match_weight as score
        from (
            select *, row_number() over (
                partition by unique_id order by match_weight desc, person
            ) as place
            from (
                select case when source_dataset_l = 'records' then unique_id_l else unique_id_r end
                        as unique_id,
                    case when source_dataset_l = 'records' then unique_id_r else unique_id_l end
                        as person, match_weight
                from {pairs.physical_name}
            ) as sides
        ) as r
        inner join people as p on r.person = p.unique_id
        where r.place = 1
    """
    linker._db_api._con.execute(  # noqa: SLF001 - Splink keeps the connection to itself
        f"copy ({best}) to '{case}/splink/best.parquet' (format parquet)"
    )


def _model(case: Path) -> Path:
    """Trained at a million persons, and used again where there are more."""
    return Path(_told(case)["model"])


def _prior(case: Path) -> float:
    return float(0.95 / int(case.name.split("x")[1]))


def _linker(case: Path, settings: SettingsCreator | dict[str, Any]) -> Linker:
    import duckdb
    from splink import DuckDBAPI, Linker

    connection = duckdb.connect(
        config={
            "memory_limit": f"{MEMORY_GIB}GiB",
            "threads": 2,
            "temp_directory": str(case / "splink" / "spill"),
            "max_temp_directory_size": f"{SPILL_GIB}GiB",
        }
    )
    persons = int(case.name.split("x")[1])
    for name in ("people", "records"):
        kind = "view" if name == "people" and persons >= MAPPED_FROM else "table"
        connection.execute(
            f"create {kind} {name} as select * from read_parquet('{case}/splink/{name}.parquet')"
        )
    api = DuckDBAPI(connection)
    tables = [api.register(name, dataset_display_name=name) for name in ("people", "records")]
    return Linker(tables, settings, log_level="ERROR")


SIDES = {
    "ours": {"prepare": ours_prepare, "link": ours_link},
    "kernel": {"link": kernel_link, "again": kernel_link},
    "splink": {"prepare": splink_prepare, "train": splink_train, "link": splink_link},
}


if __name__ == "__main__":
    if sys.argv[1] == "do":
        SIDES[sys.argv[2]][sys.argv[3]](Path(sys.argv[4]))
    else:
        main(Path(sys.argv[1]), *sys.argv[2:])
