"""Every error that sogoc raises on purpose, named for the person who must act on it.

SogocError
├── ContractError       the contract's author
├── RuleFileError       the steward of the rule files
├── SettingsError       the operator, in sogoc.toml or the environment
├── DeliveryRefused     the office that sent the file
│   └── RecordExists    whoever creates a record: one of that key is there
├── WorklistRefused     the office that sent a worklist back
├── JudgementRefused    whoever decided who is meant
├── UndoRefused         whoever asked to take a delivery back
├── PopulationMissing   the operator: no population register to verify against
├── IndexRefused        the operator: a person index that must be built again
├── KernelMissing       the operator: an optional part is not installed
├── NoRoom              the operator: too little disk or memory for what was asked
├── UnknownThing        whoever named a register, delivery or unit that is not there
├── StoreError          the operator, at the node's database
│   ├── StoreUnreachable
│   ├── StoreBusy       whoever writes: others are at work, it is tried again
│   ├── MigrationFailed
│   └── JournalClosed
├── GrantRefused        the keeper of the register, or whoever asks for a grant
├── PolicyRefused       the operator, in the node's own policies
├── BadQuestion         whoever asked: the question breaks the protocol
│   └── MessageRefused  whoever sent a message of SPDCI/DCI
├── AccessDenied        whoever asked without a grant
├── TooManyQuestions    whoever asked too often
├── DirectoryRefused    the operator, or the hub's officer
├── NodeUnreachable     the operator: another node does not answer
│   └── NotThere        it answers, and has not what was asked for, or not yet
├── AnswerRefused       whoever asked: the other node said no
├── RoundRefused        whoever works on a round: it does not stand where this can be done
├── TrustError          the security officer
│   ├── KeyRefused
│   ├── BadSeal
│   ├── PackageRefused
│   └── BrokenLog
├── AddressRefused      the operator: tables at an address that cannot be read or written
├── SparkMissing        the operator: Spark was asked for and cannot start
└── StepFailed          the developers: a step's SQL did not run
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing said to a person, in Vietnamese and in English.

    It says what is wrong, where, and what to do. It never holds a person's name, number or date.
    """

    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a file something stands: rows and columns counted from 1, as a spreadsheet does."""

    file: str
    sheet: str = ""
    row: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file, self.sheet]
        parts += [f"{name} {number}" for name, number in self._numbers() if number]
        return ", ".join(part for part in parts if part)

    def _numbers(self) -> tuple[tuple[str, int], ...]:
        return (("row", self.row), ("column", self.column))


class SogocError(Exception):
    """Something that a person can put right; `sentence` says it in both languages."""

    def __init__(self, sentence: Sentence, *, place: Place | None = None) -> None:
        where = f"{place}: " if place else ""
        super().__init__(f"{where}{sentence.en}")
        self.sentence = sentence
        self.place = place


class ContractError(SogocError):
    """The contract holds mistakes; `mistakes` names them all, each with its line."""

    def __init__(self, file: str, mistakes: list[str]) -> None:
        listed = "\n".join(f"  {mistake}" for mistake in mistakes)
        super().__init__(
            Sentence(
                vi=f"Đặc tả {file} có {len(mistakes)} lỗi, cần sửa trong tệp:\n{listed}",
                en=f"{len(mistakes)} mistakes in the contract {file}, to mend there:\n{listed}",
            ),
        )
        self.file = file
        self.mistakes = mistakes


class RuleFileError(SogocError):
    """A dated rule file cannot be used as it stands."""


class SettingsError(SogocError):
    """A setting is unknown, missing or cannot be read."""


class DeliveryRefused(SogocError):
    """The file cannot be taken in; nothing of it was stored."""


class RecordExists(DeliveryRefused):
    """A record was to be created, and one of that key is there; nothing was stored."""


class WorklistRefused(SogocError):
    """The returned worklist cannot be used; nothing of it was applied."""


class JudgementRefused(SogocError):
    """The decision about a person cannot be kept; nothing of it was stored."""


class UndoRefused(SogocError):
    """The delivery cannot be taken back: later work stands on it, or it was never merged."""


class PopulationMissing(SogocError):
    """Persons cannot be verified: the node holds no population register."""


class IndexRefused(SogocError):
    """The person index cannot be believed, or cannot be made from these persons."""


class KernelMissing(SogocError):
    """The compiled kernel of linking is not installed, or does not know this policy."""


class NoRoom(SogocError):
    """The machine has too little disk or memory for what was asked; nothing was begun."""


class UnknownThing(SogocError):
    """A name was given for which the node holds nothing."""


class StoreError(SogocError):
    """The node's database did not do what it must."""


class StoreUnreachable(StoreError):
    """No connection to the node's database."""


class StoreBusy(StoreError):
    """Others write for longer than one may wait; `wait_seconds` says when to come again."""

    def __init__(self, sentence: Sentence, *, wait_seconds: float) -> None:
        super().__init__(sentence)
        self.wait_seconds = wait_seconds


class MigrationFailed(StoreError):
    """A numbered migration did not run; the schema is as it was before it."""


class JournalClosed(StoreError):
    """The journal takes no more entries now: overloaded, or the node stops."""


class GrantRefused(SogocError):
    """A grant cannot be asked for or accepted as it stands."""


class PolicyRefused(SogocError):
    """A policy file cannot be used; the node does not start with it."""


class BadQuestion(SogocError):
    """A question breaks the protocol: address, headers or body are not what they must be."""


class MessageRefused(BadQuestion):
    """The message cannot be taken as it stands; `code` is the one of SPDCI/DCI that says why."""

    def __init__(self, code: str, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.code = code


class AccessDenied(SogocError):
    """No grant covers the question."""


class TooManyQuestions(SogocError):
    """The rate of the grant is used up; `wait_seconds` says when to come again."""

    def __init__(self, sentence: Sentence, *, wait_seconds: float) -> None:
        super().__init__(sentence)
        self.wait_seconds = wait_seconds


class DirectoryRefused(SogocError):
    """A directory is not the hub's, is older than one in use, or has run out."""


class NodeUnreachable(SogocError):
    """Another node did not answer, or not in time; nothing is known of what it did."""


class NotThere(NodeUnreachable):
    """Another node answers, and what was asked for is not at that address, or not yet."""


class AnswerRefused(SogocError):
    """Another node answered that it will not; `error` is its type.

    `wait_seconds` is above 0 where it says when to come again.
    """

    def __init__(self, sentence: Sentence, *, error: str, wait_seconds: float = 0.0) -> None:
        super().__init__(sentence)
        self.error = error
        self.wait_seconds = wait_seconds


class RoundRefused(SogocError):
    """A round cannot go this step now; nothing of it was changed."""


class TrustError(SogocError):
    """Somebody or something cannot be believed."""


class KeyRefused(TrustError):
    """A key cannot be used: unreadable, open to others, or under another password."""


class BadSeal(TrustError):
    """A signature is missing, does not hold, or is over something else."""


class PackageRefused(TrustError):
    """A package is damaged, cut, foreign, repeated or not for this node; nothing was taken."""


class BrokenLog(TrustError):
    """A journal cannot be proved whole: a proof, tile or checkpoint does not fit."""


class AddressRefused(SogocError):
    """Tables at this address cannot be read, or must not be written over."""


class SparkMissing(SogocError):
    """Spark was asked for, and the machine lacks something that it needs."""


class StepFailed(SogocError):
    """The engine refused a step; `makes` and `sql` say which."""

    def __init__(self, makes: str, sql: str, reason: str) -> None:
        super().__init__(
            Sentence(
                vi=f"Bước tạo bảng {makes} không chạy được: {reason}",
                en=f"The step that makes {makes} did not run: {reason}",
            ),
        )
        self.makes = makes
        self.sql = sql
