"""Subscriptions of SPDCI/DCI: life events and changes, told to a call-back from the feed.

What may follow is decided by a grant for differences; the filter narrows it, and is applied before
anybody's record is looked up for the follower. Each notice is decided and journalled again, so a
grant that was withdrawn ends the telling at once.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sogoc.errors import AccessDenied, BadQuestion, MessageRefused
from sogoc.events.feed import Feed, Stretch
from sogoc.exchange.protocol import Envelope
from sogoc.facades.callers import for_purpose
from sogoc.facades.dci.criteria import conditions_of, purpose_of
from sogoc.facades.dci.messages import refused
from sogoc.facades.dci.records import RECORD_TYPE, meaning, reg_type, told_record
from sogoc.facades.dci.searching import check_request, rejected
from sogoc.facades.followed import Following
from sogoc.facades.followers import DCI, Follower, Followers, new_id
from sogoc.facades.queries import Condition, Query
from sogoc.facades.query_shelf import QueryShelf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.events.feed import Change
    from sogoc.facades.dci.searching import Asking

TYPES, DETAILS = "rjct.notify_types.invalid", "rjct.notify_details.invalid"
MOST_EVENTS = 100
"""Events in one notice."""


def subscribe(
    asking: Asking, requests: list[Mapping[str, Any]], callback: str
) -> list[dict[str, Any]]:
    """The `subscribe_response` of each request, in their order."""
    told = list[dict[str, Any]]()
    seen = set[str]()
    for request in requests:
        try:
            check_request(request, seen)
            told.append(_subscribed(asking, request, callback))
        except MessageRefused as error:
            told.append(rejected(asking, request, code=error.code, message=error.sentence.en))
        except (AccessDenied, BadQuestion) as error:
            told.append(rejected(asking, request, code=DETAILS, message=error.sentence.en))
    return told


def _subscribed(asking: Asking, request: Mapping[str, Any], callback: str) -> dict[str, Any]:
    criteria = request.get("subscribe_criteria")
    if not isinstance(criteria, dict):
        raise refused(DETAILS, "subscribe_criteria is an object")
    follower = _follower(asking, criteria, callback)
    now = asking.parts.answering().clock.now()
    feed = Feed(asking.parts.connection())
    feed.open(follower.register, now=now)
    feed.gather(asking.register)
    follower = replace(follower, cursor=feed.open(follower.register, now=now))
    if not _followers(asking).add(follower, now=now):
        raise refused("rjct.event.already_subscribed", "the sender follows this already")
    told = {
        "version": "1.0.0",
        "code": str(follower.id),
        "status": "subscribe",
        "timestamp": now.isoformat(),
        "reg_type": reg_type(asking.register),
        "reg_event_type": criteria["reg_event_type"],
        "filter": criteria["filter"],
        "notify_record_type": criteria["notify_record_type"],
    }
    reference = str(request["reference_id"])
    head = {"reference_id": reference, "timestamp": now.isoformat(), "status": "succ"}
    return {**head, "subscriptions": [told]}


def _follower(asking: Asking, criteria: Mapping[str, Any], callback: str) -> Follower:
    """Who would follow. Raises MessageRefused, and AccessDenied without a grant."""
    event, wanted = criteria.get("reg_event_type"), criteria.get("filter")
    told = meaning(asking.register, event) if isinstance(event, str) else None
    if told is None:
        raise refused(TYPES, "this registry tells no such event")
    if not isinstance(criteria.get("notify_record_type"), str) or not isinstance(
        wanted, dict | list
    ):
        raise refused(DETAILS, "filter and notify_record_type are needed")
    if criteria.get("frequency"):
        raise refused(DETAILS, "events are told as they happen; frequency is not offered")
    one = asking.register.object(told.object)
    kind = criteria.get("filter_type") or (
        "predicate" if isinstance(wanted, list) else "expression"
    )
    every, either = conditions_of(one, kind, wanted, code=DETAILS) if wanted else ((), ())
    query = Query(register=asking.register, object=one, conditions=every, either=either)
    caller = for_purpose(asking.caller, purpose_of(criteria))
    Following(
        register=asking.register, object=one, caller=caller, answering=asking.parts.answering()
    ).check(query.fields)
    return Follower(
        id=new_id(),
        client=caller.client,
        event_type=str(event),
        register=asking.register.id,
        object=one.name,
        kind=told.kind,
        options={
            "filter": json.dumps(wanted, sort_keys=True),
            "every": [asdict(each) for each in every],
            "either": [[asdict(each) for each in group] for group in either],
            "record_type": criteria["notify_record_type"],
            "callback": callback,
            "caller": asdict(caller),
        },
        cursor=0,
    )


def unsubscribe(asking: Asking, body: Mapping[str, Any]) -> dict[str, Any]:
    """The UnSubscribeResponse, without its ids. One misspelling of the published files is taken."""
    codes = body.get("subscription_codes", body.get("sunscription_codes"))
    now = asking.parts.answering().clock.now()
    held = {str(one.id): one for one in _followers(asking).of(asking.caller.client)}
    if not isinstance(codes, list) or not codes or not all(isinstance(one, str) for one in codes):
        code = "rjct.subscription_code.invalid"
    elif all(one in held for one in codes):
        for one in codes:
            _followers(asking).end(held[one], now=now)
        listed = [{"code": one, "status": "unsubscribe"} for one in codes]
        return {"timestamp": now.isoformat(), "status": "succ", "subscription_status": listed}
    elif all(one in held or _was(asking, one) for one in codes):
        code = "rjct.event.already_unsubscribed"
    else:
        code = "rjct.subscription_code.invalid"
    return {"timestamp": now.isoformat(), "status": "rjct", "status_reason_code": code}


def notice(asking: Asking, follower: Follower) -> tuple[list[dict[str, Any]], int]:
    """The `notify_event` list that is due to a follower, and the last change that it covers.

    Raises AccessDenied once no grant covers it, UnknownThing where the feed has gone on without it.
    """
    one = asking.register.object(follower.object)
    connection = asking.parts.connection()
    stretch = Stretch(register=follower.register, object=one.name, kind=follower.kind)
    changes = Feed(connection).after(follower.cursor, stretch, most=MOST_EVENTS)
    if not changes:
        return [], follower.cursor
    matching = _matching(asking, follower, changes)
    last = changes[-1].number
    if not matching:
        return [], last
    caller = Envelope(**follower.options["caller"])
    told = Following(
        register=asking.register, object=one, caller=caller, answering=asking.parts.answering()
    ).told(matching, connection)
    return [
        {
            "reference_id": str(each.change.number),
            "timestamp": each.change.at.isoformat(),
            "data": {
                "version": "1.0.0",
                "reg_type": reg_type(asking.register),
                "reg_event_type": follower.event_type,
                "reg_record_type": follower.options.get("record_type") or RECORD_TYPE,
                "reg_records": [told_record(one, each.fields)],
            },
        }
        for each in told
    ], last


def _matching(asking: Asking, follower: Follower, changes: list[Change]) -> list[Change]:
    query = Query(
        register=asking.register,
        object=asking.register.object(follower.object),
        conditions=tuple(map(_condition, follower.options["every"])),
        either=tuple(tuple(map(_condition, group)) for group in follower.options["either"]),
    )
    if not (query.conditions or query.either):
        return changes
    shelf = QueryShelf(asking.parts.connection(), query)
    fitting = shelf.fitting([one.record for one in changes])
    return [one for one in changes if one.record in fitting]


def _condition(told: Mapping[str, Any]) -> Condition:
    return Condition(field=told["field"], operator=told["operator"], values=tuple(told["values"]))


def _was(asking: Asking, code: str) -> bool:
    try:
        return _followers(asking).was(asking.caller.client, UUID(code))
    except ValueError:
        return False


def _followers(asking: Asking) -> Followers:
    return Followers(asking.parts.connection(), DCI)
