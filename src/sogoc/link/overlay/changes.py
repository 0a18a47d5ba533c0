"""Changes of the population since an index was built: laid over it, nothing is rebuilt.

An overlay is a small index of its own in the folder `changes`: the persons who came, numbered after
those of the index, with lists of their own; names and places that the index does not have, numbered
after its own; and one bit for each person of the index who is gone. A changed person is gone as
they were and comes as they are. How common a name, a date or a place is stays as it was counted
when the index was built; building again counts anew and takes the changes in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.link.columns import FOLDED
from sogoc.link.index import manifest as manifests
from sogoc.link.index.arrays import codes, derive_persons, people_in, text_array
from sogoc.link.index.folder import NewFolder
from sogoc.link.index.layout import PARTS
from sogoc.link.index.person_index import CAME, CHANGES, GROWING, LEFT, PersonIndex
from sogoc.link.overlay.departed import Departed
from sogoc.link.overlay.recoding import Recoding

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Tables = Mapping[str, Path | pa.Table]
    """The tables that `population_plan` makes, here of some persons alone."""


def refresh(index: PersonIndex, *, came: Tables, gone: Tables) -> tuple[PersonIndex, int]:
    """The index with these changes over those it had, and how many of the gone it did not know.

    `came` and `gone` are tables that `population_plan` or `building.index.changes_of` made of these
    persons alone: as they are now, and as they were. Of those who are in all columns as told, one
    goes for each told.
    """
    recoding = Recoding(index)
    arrived, left = recoding.persons(came), recoding.persons(gone)
    departed = Departed(index)
    unknown = departed.mark(left)
    new = NewFolder(index.folder / CHANGES)
    file, count = new.table(CAME), _in_order(pa.concat_tables([departed.stay, arrived]), index)
    pq.write_table(count, file, compression="zstd", compression_level=1)
    sizes = {"names": recoding.size(FOLDED), "places": recoding.size("link_places")}
    derive_persons(people_in(file), new.keep, first=index.persons, **sizes)
    _keep_dictionaries(new, index, recoding)
    rows = np.flatnonzero(departed.bits)
    new.keep("gone", np.packbits(departed.bits, bitorder="little"))
    pq.write_table(pa.table({"person": pa.array(rows, pa.int64())}), new.table(LEFT))
    new.finish(
        source=index.manifest.source,
        persons=count.num_rows,
        gone=len(rows),
        of=manifests.seal(index.manifest),
    )
    return PersonIndex.open(index.folder), unknown


def _in_order(persons: pa.Table, index: PersonIndex) -> pa.Table:
    """By date of birth, those without one last; numbered after the persons of the index."""
    born = codes(persons["born"].combine_chunks()).astype(np.uint32)  # -1 becomes the greatest
    ordered = persons.take(pa.array(np.argsort(born, kind="stable")))
    numbers = np.arange(index.persons, index.persons + ordered.num_rows, dtype=np.int64)
    return ordered.set_column(0, "person", pa.array(numbers))


def _keep_dictionaries(new: NewFolder, index: PersonIndex, recoding: Recoding) -> None:
    """What is new in each dictionary beside the index's own, as files of one folder."""
    for name in GROWING:
        new.bring(f"{name}/0", index.table(name))
        pq.write_table(recoding.added(name), new.table(f"{name}/1"))
    names = recoding.added(FOLDED)
    texts, ends = text_array(names["text"].combine_chunks())
    parts = [codes(names[part].combine_chunks()) for part in PARTS]
    new.keep("parts", np.stack(parts, axis=1).reshape(-1, len(PARTS)))
    new.keep("name_text", texts)
    new.keep("name_ends", ends)
