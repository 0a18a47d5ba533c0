"""The stages of a delivery, in order, as a person sees them go by."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from sogoc.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.tables.engine import Engine, Step


class Stage(Enum):
    """One part of a run; the value is its name in the journal of the run."""

    KEEP = "keep"
    INTAKE = "intake"
    STANDARDISE = "standardise"
    CHECK = "check"
    LINK = "link"
    SCORE = "score"
    RECORDS = "records"


LABELS: dict[Stage, Sentence] = {
    Stage.KEEP: Sentence("Lưu tệp gốc", "Keep the file as it came"),
    Stage.INTAKE: Sentence("Đọc tệp", "Read the file"),
    Stage.STANDARDISE: Sentence("Chuẩn hoá", "Standardise"),
    Stage.CHECK: Sentence("Kiểm tra quy tắc", "Check the rules"),
    Stage.LINK: Sentence("Đối soát với dân cư", "Verify the persons"),
    Stage.SCORE: Sentence("Tính chỉ số chất lượng", "Score"),
    Stage.RECORDS: Sentence("Ghi vào sổ", "Store the records"),
}


class Tell(Protocol):
    """Is told how far a run is; never stops it."""

    def __call__(self, stage: Stage, done: int, steps: int) -> None:
        """`done` of `steps` of this stage are made."""


def nobody(stage: Stage, done: int, steps: int) -> None:
    """Tell nobody."""
    del stage, done, steps


def run_steps(engine: Engine, stage: Stage, steps: Iterable[Step], *, tell: Tell) -> None:
    """Make the tables of a stage, passing over those that an interrupted run left whole."""
    planned = list(steps)
    tell(stage, 0, len(planned))
    for done, step in enumerate(planned, start=1):
        if not engine.has(step.makes):
            engine.run(step)
        tell(stage, done, len(planned))
