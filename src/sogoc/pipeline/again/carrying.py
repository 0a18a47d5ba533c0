"""A sheet that came before comes again: the records that are the same are not judged again.

Rows are the same whose texts and cell types are, wherever they stand in the sheet now; they keep
the number (`_row`) of the earlier run, and with it all that was made of them. The others are
numbered on and go through the stages by themselves, in a folder of their own. `standard(o)` is
then the earlier file, less what went, and the new one beside it: nothing is copied.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from sogoc.check.carried import before, changed, earlier, kept_tables
from sogoc.check.recheck import Earlier
from sogoc.link.calibration.stated import taken as links_taken
from sogoc.link.columns import asked, candidates, chances
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.again.touched import find_touched, touched
from sogoc.pipeline.stages import Stage, nobody, run_steps
from sogoc.standardise.run import standardise
from sogoc.tables import naming
from sogoc.tables.engine import Step, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.link.policy import Policy
    from sogoc.pipeline.again.basis import Basis
    from sogoc.pipeline.linking.ways import Ways
    from sogoc.pipeline.parts import Parts
    from sogoc.pipeline.population.changed import Changed
    from sogoc.tables.duckdb_engine import DuckDBEngine

    Files = dict[str, tuple[str, ...]]

_FRESH = "fresh"
_LARGEST_SHARE = 0.3
"""Where more of the records than that changed, judging all of them is the shorter way."""
_MOST_PARTS = 8


def numbered(name: str) -> str:
    """Rows of the delivery: `_row`, `came` (at intake), `known`, `digest`, `copy`, their place."""
    return f"numbered__{name}"


def gone(name: str) -> str:
    """`_row` of standard records in the files that are no longer in the delivery."""
    return f"gone__{name}"


class Again:
    """One delivery held against an earlier run."""

    def __init__(
        self, parts: Parts, register: Register, engine: DuckDBEngine, *, of: tuple[Path, Basis]
    ) -> None:
        self._parts = parts
        self._register = register
        self._engine = engine
        self._folder, self.basis = of
        self._fresh = self._folder / _FRESH

    def begin(self) -> bool:
        """Find the rows that are the same; False where too few are for it to be worth while."""
        if any(len(files) >= _MOST_PARTS for files in self.basis.parts.values()):
            return False
        for one in self._register.objects:
            self._lend(one)
            run_steps(self._engine, Stage.STANDARDISE, self._numbering(one), tell=nobody)
        return all(map(self._worth_while, self._register.objects))

    def standardise(self, as_of: date, told: Callable[[int, int], None]) -> Files:
        """Read the new rows; make `standard(o)`, `changed(o)` and `before(o)`; return the files."""
        with self._parts.engine(self._fresh) as engine:
            for name, table in unit_tables().items():
                engine.register(name, table)
            for one in self._register.objects:
                engine.register(naming.taken(one.name), self._engine.parquet(_new_rows(one.name)))
            standardise(engine, self._register, as_of=as_of, told=told)
        return {one.name: self._stand(one) for one in self._register.objects}

    def earlier(self, states: Mapping[str, str]) -> Earlier:
        """Under what the records were checked then; a register that has moved on is told."""
        then = self.basis.known
        moved = {name for name, state in states.items() if not state or then.get(name) != state}
        return Earlier(
            today=self.basis.day,
            holidays=self.basis.holidays,
            known=frozenset(then),
            moved=frozenset(moved),
        )

    def carries_answers(self, one: RegisterObject) -> bool:
        """Whether the answers about the persons of the same records may be carried on.

        Where a person may stand once in the object, the answer for one record depends on all: then
        what each record claims is carried on instead.
        """
        return all(self._engine.has(earlier(table)) for table in _answered(one))

    def touch(
        self,
        one: RegisterObject,
        policy: Policy,
        changed: Changed,
        *,
        persons: int,
        known: frozenset[str],
    ) -> bool:
        """Find the records that a new release touches; False where all must be linked again."""
        return find_touched(
            self._engine,
            one,
            policy,
            open_engine=lambda: self._parts.engine(self._folder / "touched"),
            changed=changed,
            persons=persons,
            known=known,
        )

    def link(self, one: RegisterObject, ways: Ways, *, known: frozenset[str]) -> None:
        """Verify the persons of new and touched rows; the answers for the others are carried on.

        How often fields agree stays as it was measured on the whole delivery.
        """
        mine = replace(self._register, objects=(one,))
        anew = self._anew(one)
        run_steps(self._engine, Stage.LINK, [anew], tell=nobody)
        folder = self._folder / "anew"
        with self._parts.engine(folder) as engine:
            engine.register(naming.standard(one.name), self._engine.parquet(anew.makes))
            for name, table in unit_tables().items():
                engine.register(name, table)
            for table in known:
                engine.borrow(table, self._engine)
            measured = earlier(chances(one.name))
            if self._engine.has(measured):
                engine.register(chances(one.name), self._engine.parquet(measured))
                _link(self._engine.parquet(measured), self._folder / f"{chances(one.name)}.parquet")
            ways.link(engine, mine, folder=folder, known=known)
            for made in _answered(one):
                self._engine.register(f"new_{made}", engine.parquet(made))
        tables = [self._carried(one, table) for table in _answered(one)]
        run_steps(self._engine, Stage.LINK, tables, tell=nobody)
        if one.link_to == "one-to-one":
            ways.resolve(self._engine, mine, known=known)

    def _anew(self, one: RegisterObject) -> Step:
        """The standard records of which linking decides again."""
        rows = f"select _row from {quoted(changed(one.name))}"
        if self._engine.has(touched(one.name)):
            rows += f" union all select _row from {quoted(touched(one.name))}"
        select = f"select * from {quoted(naming.standard(one.name))} where _row in ({rows})"
        return Step(f"anew__{one.name}", (changed(one.name),), select)

    def _carried(self, one: RegisterObject, table: str) -> Step:
        """A table of answers: those that stay, and the new ones."""
        new, again = f"new_{table}", f"anew__{one.name}"
        row = f"asked // {len(one.persons)}" if table == candidates(one.name) else "_row"
        select = (
            f"select * from {quoted(earlier(table))}"
            f" where {row} not in (select _row from {quoted(_went(one.name))})"
            f" and {row} not in (select _row from {quoted(again)})"
            f" union all select * from {quoted(new)}"
        )
        return Step(table, (earlier(table), new, again, _went(one.name)), select)

    def put_in_place(self) -> None:
        """Let `standard(o)` tell where each record stands in this sheet: for who stores it."""
        for one in self._register.objects:
            places = ", ".join(f"place.{name} as {name}" for name in ("_sheet", "_line", "_part"))
            select = (
                f"select record.* replace ({places}) from ({self._standing(one)}) as record"
                f" inner join {quoted(numbered(one.name))} as place on place._row = record._row"
            )
            self._engine.view(Step(naming.standard(one.name), (), select))

    def _lend(self, one: RegisterObject) -> None:
        """Take the earlier tables into the folder of this run: by another name, not by copy."""
        there, here = self.basis.folder, self._folder
        tables = [
            *(naming.taken(one.name), naming.verified(one.name), chances(one.name)),
            links_taken(one.name),
        ]
        if one.link_to == "one-to-one":
            tables += _answered(one)
        if self.basis.parts[one.name][0] == _part(one.name, 0):
            # Else that run was a whole one, numbered as the sheet was.
            tables += [numbered(one.name), gone(one.name)]
        for table in (*tables, *kept_tables(one)):
            if (there / f"{table}.parquet").exists():
                _link(there / f"{table}.parquet", here / f"{earlier(table)}.parquet")
                self._engine.register(earlier(table), here / f"{earlier(table)}.parquet")
        for number, file in enumerate(self.basis.parts[one.name]):
            _link(there / file, here / _part(one.name, number))
            self._engine.register(_part(one.name, number)[:-8], here / _part(one.name, number))
        if not self._engine.has(earlier(gone(one.name))):
            nothing = "select cast(null as bigint) as _row where 1 = 0"
            self._engine.run(Step(earlier(gone(one.name)), (), nothing))

    def _numbering(self, one: RegisterObject) -> list[Step]:
        name, then = one.name, earlier(numbered(one.name))
        steps = [Step(f"told__{name}", (naming.taken(name),), _told(one, naming.taken(name)))]
        if not self._engine.has(then):
            before_it = earlier(naming.taken(name))
            select = f"select came as _row, digest, copy from ({_told(one, before_it)}) as told"
            steps.append(Step(then, (before_it,), select))
        last = f"(select coalesce(max(_row), 0) from ({self._files(one)}) as every)"
        number = "row_number() over (partition by held._row is null order by told.came)"
        select = (
            f"select coalesce(held._row, {last} + {number}) as _row, told.*,"
            f" held._row is not null as known from {quoted(f'told__{name}')} as told"
            f" left join {quoted(then)} as held"
            f" on held.digest = told.digest and held.copy = told.copy"
        )
        steps.append(Step(numbered(name), (f"told__{name}", then), select))
        known = f"select _row from {quoted(numbered(name))} where known"
        went = f"select _row from {quoted(then)} where _row not in ({known})"
        steps.append(Step(_went(name), (then, numbered(name)), went))
        all_gone = (
            f"select _row from {quoted(earlier(gone(name)))}"
            f" union all select _row from {quoted(_went(name))}"
        )
        steps.append(Step(gone(name), (_went(name), earlier(gone(name))), all_gone))
        new = (
            f"select taken.* replace (numbered._row as _row) from {quoted(naming.taken(name))}"
            f" as taken inner join {quoted(numbered(name))} as numbered"
            f" on numbered.came = taken._row where not numbered.known"
        )
        reads = (naming.taken(name), numbered(name))
        return [*steps, Step(_new_rows(name), reads, new)]

    def _worth_while(self, one: RegisterObject) -> bool:
        counts = self._engine.rows(
            f"select (select count(*) from {quoted(numbered(one.name))}),"
            f" (select count(*) from {quoted(_new_rows(one.name))}),"
            f" (select count(*) from {quoted(gone(one.name))})"
        )
        [(rows, new, went)] = counts
        return int(new + went) <= _LARGEST_SHARE * int(rows) + 1

    def _files(self, one: RegisterObject) -> str:
        names = [_part(one.name, number)[:-8] for number in range(len(self.basis.parts[one.name]))]
        return " union all ".join(f"select * from {quoted(name)}" for name in names)

    def _stand(self, one: RegisterObject) -> tuple[str, ...]:
        """Make the tables of the stage from the files; return their names in the folder."""
        count = len(self.basis.parts[one.name])
        made = self._fresh / f"{naming.standard(one.name)}.parquet"
        _link(made, self._folder / _part(one.name, count))
        self._engine.register(_part(one.name, count)[:-8], made)
        self._engine.register(changed(one.name), made)
        self._engine.view(Step(naming.standard(one.name), (), self._standing(one)))
        went = f"select _row from {quoted(_went(one.name))}"
        select = f"select * from ({self._files(one)}) as every where _row in ({went})"
        step = Step(before(one.name), (_went(one.name),), select)
        run_steps(self._engine, Stage.STANDARDISE, [step], tell=nobody)
        return tuple(_part(one.name, number) for number in range(count + 1))

    def _standing(self, one: RegisterObject) -> str:
        rows = f"select _row from {quoted(gone(one.name))}"
        return (
            f"select * from ({self._files(one)}) as every where _row not in ({rows})"
            f" union all select * from {quoted(changed(one.name))}"
        )


def _told(one: RegisterObject, table: str) -> str:
    """Each row with a checksum of its texts and types, equal ones counted on.

    Where a text holds the sign that parts them, two rows could read alike: such a row is nobody's
    equal, and judged each time.
    """
    texts = [f"coalesce({quoted(field.name)}, chr(30))" for field in one.fields]
    whole = f"concat_ws(chr(31), {', '.join([*texts, '_types'])})"
    signs = "length(whole) - length(replace(whole, chr(31), ''))"
    digest = (
        f"case when {signs} = {len(texts)} then md5(whole) else 'row ' || cast(_row as varchar)"
    )
    return (
        "select _row as came, _sheet, _line, _part, digest,"
        " row_number() over (partition by digest order by _row) as copy from ("
        f"select _row, _sheet, _line, _part, {digest} end as digest from ("
        f"select _row, _sheet, _line, _part, {whole} as whole from {quoted(table)}"
        ") as texts) as told"
    )


def _answered(one: RegisterObject) -> tuple[str, ...]:
    """What is carried on of the persons of the same records: answers, or what answers come from.

    Whom a record may mean does not depend on other records; who of them gets the person does.
    """
    if one.link_to == "one-to-one":
        return asked(one.name), candidates(one.name)
    return naming.verified(one.name), links_taken(one.name)


def _part(name: str, number: int) -> str:
    return f"part_{number}__{naming.standard(name)}.parquet"


def _went(name: str) -> str:
    """`_row` of records of the earlier delivery that are not in this one."""
    return f"went__{name}"


def _new_rows(name: str) -> str:
    return f"new_{naming.taken(name)}"


def _link(file: Path, name: Path) -> None:
    """Another name for a finished file; what stood under that name goes."""
    beside = name.with_suffix(".linked")
    beside.unlink(missing_ok=True)
    os.link(file, beside)
    beside.replace(name)
