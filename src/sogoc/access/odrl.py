"""Grants as ODRL 2.2 policies (https://www.w3.org/TR/odrl-model/), for catalogues and other tools.

One grant is one agreement with one permission: the register's fields are the target, the procedure
is the purpose. What decides is the Cedar policy; this only says it in a language others read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.access.grant import Grant

_READS = "http://www.w3.org/ns/odrl/2/read"
_MODIFIES = "http://www.w3.org/ns/odrl/2/modify"
_VERIFY = "urn:sogoc:action:verify"
_ACTIONS = {"verify": _VERIFY, "write": _MODIFIES}


def odrl(grants: Iterable[Grant], *, keeper: str) -> list[dict[str, object]]:
    """Each grant as a policy in JSON-LD."""
    return [_agreement(grant, keeper) for grant in grants]


def _agreement(grant: Grant, keeper: str) -> dict[str, object]:
    actions = sorted(_ACTIONS.get(each, _READS) for each in grant.operations)
    return {
        "@context": "http://www.w3.org/ns/odrl.jsonld",
        "@type": "Agreement",
        "uid": f"urn:sogoc:grant:{grant.id}",
        "dct:source": grant.sensitive_ground or grant.ground,
        "permission": [
            {
                "assigner": f"urn:sogoc:member:{keeper}",
                "assignee": f"urn:sogoc:member:{grant.member}",
                "target": {
                    "@type": "AssetCollection",
                    "source": f"urn:sogoc:register:{grant.register}",
                    "refinement": [_constraint("urn:sogoc:field", "isAnyOf", sorted(grant.fields))],
                },
                "action": list(dict.fromkeys(actions)),
                "constraint": [
                    _constraint("purpose", "eq", grant.purpose),
                    _constraint("dateTime", "gteq", grant.first_day.isoformat()),
                    _constraint("dateTime", "lteq", grant.last_day.isoformat()),
                    _constraint("urn:sogoc:persons-in-a-question", "lteq", grant.most_keys),
                    _constraint("urn:sogoc:questions-a-minute", "lteq", grant.rate_per_minute),
                ],
            }
        ],
    }


def _constraint(left: str, operator: str, right: object) -> dict[str, object]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}
