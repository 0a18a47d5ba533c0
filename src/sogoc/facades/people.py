"""How others cut a Vietnamese name and spell a sex; the name as written is never changed by it."""

from __future__ import annotations

from dataclasses import dataclass

SEXES = {"male": "nam", "female": "nữ"}
"""Words of others for what our records say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameParts:
    """Family name, middle and given name: `Ho`, `ChuDem`, `Ten` of the national platform."""

    family: str
    middle: str
    given: str


def parts_of(name: str) -> NameParts:
    """The first word is the family name, the last the given name, the rest the middle.

    That is how forms cut names. It is wrong for family names of two words, so nothing is compared
    by these parts.
    """
    words = name.split()
    if len(words) < 2:  # noqa: PLR2004 - a name of one word is a given name
        return NameParts(family="", middle="", given=name.strip())
    return NameParts(family=words[0], middle=" ".join(words[1:-1]), given=words[-1])


def sex_of(text: str | None) -> str:
    """`male` or `female` for what a record says, `unknown` if it says neither."""
    return next((word for word, ours in SEXES.items() if (text or "").lower() == ours), "unknown")
