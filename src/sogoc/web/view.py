"""One page: its language, its address, its parts, and the template that draws it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from sogoc.clock import today
from sogoc.errors import Sentence, UnknownThing
from sogoc.link.words import differs_in_words, evidence_in_words
from sogoc.web import wording
from sogoc.web.masking import masked

if TYPE_CHECKING:
    from datetime import date

    from starlette.requests import Request

    from sogoc.contract.model import Field, Register, RegisterObject, Rule
    from sogoc.web.parts import Parts
    from sogoc.web.wording import Speech


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates; a name that a page forgot to give is an error, not an empty place."""
    environment = Environment(
        loader=PackageLoader("sogoc.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["words"] = wording
    return environment


@dataclass(frozen=True, slots=True)
class View:
    """What every template may use, beside what its page gives it."""

    request: Request
    parts: Parts
    speech: Speech

    @property
    def today(self) -> date:
        """The calendar day in Vietnam."""
        return today(self.parts.clock)

    @property
    def keeper(self) -> str:
        """The agency that runs the node."""
        return self.parts.keeper or self.speech("Nút dữ liệu cục bộ", "Local data node")

    def path(self, *steps: str | int) -> str:
        """An address of this language."""
        return "/".join(["", self.speech.language, *(str(step) for step in steps)])

    def elsewhere(self, language: str) -> str:
        """This same page in another language."""
        rest = self.request.url.path[len("/vi") :]
        query = self.request.url.query
        return f"/{language}{rest}" + (f"?{query}" if query else "")

    def register(self, name: str) -> Register:
        """The contract of a register. Raises UnknownThing."""
        return self.parts.contracts.register(name)

    def named(self, thing: Register | RegisterObject | Field | Rule) -> str:
        """A thing of a contract as this language calls it, else its id."""
        vi = getattr(thing, "label", "") or getattr(thing, "name", "")
        en = getattr(thing, "label_en", "") or getattr(thing, "name_en", "") or vi
        return self.speech(vi, en)

    def field_name(self, one: RegisterObject, name: str) -> str:
        """A field's label; its name where a later contract no longer has it."""
        return next((self.named(field) for field in one.fields if field.name == name), name)

    def rule_name(self, one: RegisterObject, code: str) -> str:
        """A rule's sentence; its code where a later contract no longer has it."""
        rule = rule_of(one, code)
        return self.speech(rule.name, rule.name_en or rule.name) if rule else code

    def hint(self, one: RegisterObject, code: str) -> str:
        """What to do about a broken rule, empty if the contract does not say."""
        rule = rule_of(one, code)
        return self.speech(rule.hint, rule.hint_en or rule.hint) if rule else ""

    def place(self, code: str) -> str:
        """A unit's name, with its code where the name is not known."""
        if not code:
            return self.speech("Không rõ địa bàn", "Locality not known")
        return self.parts.units.name(code, self.today) or code

    def on_list(self, field: Field, value: object) -> str:
        """A value as a list may show it: personal values masked."""
        return "" if value is None else masked(field.kind, self.speech.value(value))

    def why_unread(self, field: Field, flaw: str) -> str:
        """In words, how a text could not be read; empty where only its code is known."""
        sentence = self.parts.flaw(field.kind, flaw)
        return self.speech.sentence(sentence) if sentence else ""

    def evidence(self, codes: str | None) -> Sentence:
        """The evidence of a verification in words; a sentence of an older node stays as it is."""
        return evidence_in_words(codes, self.parts.policy())

    def differing(self, words: str | None) -> Sentence:
        """What linking found to differ, in words."""
        return differs_in_words(words)

    def show(
        self, template: str, status: HTTPStatus = HTTPStatus.OK, **given: object
    ) -> HTMLResponse:
        """The page."""
        page = templates().get_template(template)
        text = page.render(view=self, say=self.speech, **given)
        return HTMLResponse(text, status)


def rule_of(one: RegisterObject, code: str) -> Rule | None:
    """The rule of that code, None where a later contract no longer has it."""
    return next((rule for rule in one.rules if rule.code == code), None)


def object_of(register: Register, rule: str) -> RegisterObject | None:
    """The object whose rule this is."""
    return next((one for one in register.objects if rule_of(one, rule)), None)


def no_such(vi: str, en: str) -> UnknownThing:
    """Nothing is there under this address; says of what kind."""
    return UnknownThing(
        Sentence(
            f"Không có {vi} này. Hãy kiểm tra lại địa chỉ hoặc trở về trang đầu.",
            f"There is no such {en}. Check the address or go to the first page.",
        )
    )
