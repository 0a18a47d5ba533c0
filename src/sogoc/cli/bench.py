"""`sogoc bench`: measure on made-up data what this version does on this machine."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from sogoc.cli.benches.measured import Measured, finished, machine, phase, versions
from sogoc.cli.benches.national import (
    LINKING,
    LinkEngine,
    Task,
    Variant,
    build_index,
    judge,
    make_people,
    make_records,
)
from sogoc.cli.benches.room import check_room
from sogoc.cli.benches.told import say_result, unfair
from sogoc.cli.context import desk_of
from sogoc.clock import SystemClock

app = typer.Typer(
    no_args_is_help=True, help="Measure this machine and this version on made-up data."
)
_SEED = 20261122


@app.callback()
def bench() -> None:
    """Measure this machine and this version on made-up data."""


@app.command()
def link(  # noqa: PLR0913 - options of a command
    context: typer.Context,
    *,
    persons: Annotated[int, typer.Option(min=1000, help="Size of the population.")] = 1_000_000,
    records: Annotated[int, typer.Option(min=100, help="Size of the register.")] = 100_000,
    engine: Annotated[LinkEngine, typer.Option(help="What makes the candidates.")] = LinkEngine.SQL,
    variant: Annotated[
        Variant, typer.Option(help="plain: number, name, date, sex, commune; family: kin too.")
    ] = Variant.PLAIN,
    folder: Annotated[
        Path, typer.Option(help="Where everything is made; what is whole is used again.")
    ] = Path("bench"),
    memory: Annotated[float, typer.Option(help="GiB the engine may use before it spills.")] = 5,
    seed: Annotated[int, typer.Option(help="Another number, another nation.")] = _SEED,
) -> None:
    """Link a made-up register with a made-up nation, from an empty folder, and judge the links.

    Makes the data (once for a folder), builds the person index, links, compares with the truth,
    and writes every number with machine, versions and seed as JSON beside the data.
    """
    desk = desk_of(context)
    task = Task(
        folder=folder.resolve() / f"nation-{seed}",
        persons=persons,
        records=min(records, persons),
        seed=seed,
        engine=engine,
        variant=variant,
        memory_gib=memory,
    )
    check_room(task)
    phases, judged = run(task)
    say_result(desk.say, phases, judged)
    desk.say.path("Kết quả", "Result", write(task, phases, judged))


def run(task: Task) -> tuple[dict[str, Measured], dict[str, Any]]:
    """All phases; data and index that stand are used again, linking is always measured anew."""
    if finished(task.links):
        shutil.rmtree(task.links)
    phases = {
        "population": phase(task.population, make_people, task),
        "register": phase(task.register, make_records, task),
        "index": phase(task.index, build_index, task),
        "link": phase(task.links, LINKING[task.engine], task),
        "judge": phase(task.links / "judged", judge, task),
    }
    judged = phases["judge"].told
    shutil.rmtree(task.links)
    return phases, judged


def write(task: Task, phases: dict[str, Measured], judged: dict[str, Any]) -> Path:
    """The result, as `benchmarks/results` keeps it."""
    told = {name: one.numbers() for name, one in phases.items() if name != "judge"}
    result = {
        "name": task.result.stem,
        "recorded_at": SystemClock().now().isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        "seed": task.seed,
        "results": {
            "persons": task.persons,
            "records": task.records,
            "engine": task.engine.value,
            "variant": task.variant.value,
            "phases": told,
            **judged,
            "worse_served": unfair(judged),
        },
    }
    text = json.dumps(result, ensure_ascii=False, indent=1)
    task.result.write_text(text + "\n", encoding="utf-8")
    return task.result
