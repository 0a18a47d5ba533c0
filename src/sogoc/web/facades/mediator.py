"""`/mediator`: directory and rooms of the Information Mediator.

Served with and without `/r1`, since clients of two generations are in use; apart from the `/r1` of
the exchange, whose bodies and errors differ. An error of the directory is a JSON text.
"""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sogoc.errors import AccessDenied, BadQuestion, Sentence, SogocError, UnknownThing
from sogoc.facades.govstack import rooms, services
from sogoc.facades.govstack.rooms import Room
from sogoc.web.facades.http import NOTHING, Reply, endpoint
from sogoc.web.facades.statuses import headers_of, sentence_of, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sogoc.facades.followers import Follower
    from sogoc.facades.govstack.rooms import EventType
    from sogoc.facades.parts import FacadeParts
    from sogoc.web.facades.http import Call

_AT = "/{instance}/{class}/{member}/{application}"
_OK, _CREATED, _NO_CONTENT = HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT
_MISSING, _CONFLICT = HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT


def mediator_routes(parts: FacadeParts) -> list[Route]:
    """The addresses below `/mediator`."""
    routes = [Route("/listClients", endpoint(partial(_clients, parts), refused, parts.threads))]
    for path, answers in _SERVED:
        for method, work in answers.items():
            respond = endpoint(partial(_in_the_room, parts, work), refused, parts.threads)
            routes += [
                Route(f"{before}{_AT}{path}", respond, methods=[method]) for before in ("/r1", "")
            ]
    return routes


def refused(error: SogocError) -> Reply:
    """An error: a JSON text; what is not there in the room is 404 without a body."""
    status = status_of(error)
    if status is _MISSING:
        return Reply(status=status, told=NOTHING)
    return Reply(status=status, told=sentence_of(error), headers=headers_of(error))


def _clients(parts: FacadeParts, call: Call) -> Reply:
    caller = parts.caller(call.calling)
    del caller
    told = services.clients(parts.directory(), dict(call.parameters).get("instanceId", ""))
    return Reply(status=_OK, told=told)


def _in_the_room(parts: FacadeParts, work: Callable[[Room, Call], Reply], call: Call) -> Reply:
    caller = parts.caller(call.calling)
    services.checked_place(call.path)
    return work(Room(parts=parts, caller=caller), call)


def _is_here(room: Room, call: Call) -> bool:
    who = room.parts.provider
    here = (who.instance, who.member_class, who.member, who.code)
    return services.checked_place(call.path) == here


def _methods(room: Room, call: Call) -> Reply:
    registers = room.parts.registers.values() if _is_here(room, call) else ()
    return _listed(room, call, registers)


def _allowed(room: Room, call: Call) -> Reply:
    registers = services.allowed(room.parts, room.caller) if _is_here(room, call) else ()
    return _listed(room, call, registers)


def _listed(room: Room, call: Call, registers: Any) -> Reply:  # noqa: ANN401 - any registers in order
    service = dict(call.parameters).get("serviceId", "")
    told = services.methods(registers, room.parts.provider, service=service)
    return Reply(status=_OK, told=told)


def _document(room: Room, call: Call) -> Reply:
    code = dict(call.parameters).get("serviceCode", "")
    if not _is_here(room, call):
        raise _bad("cơ quan này không ở nút này", "that provider is not on this node")
    return Reply(status=_OK, told=services.document(room.parts, code))


def _types(room: Room, call: Call) -> Reply:
    _check_room(room, call)
    listed = [one.name for one in rooms.event_types(room.parts.registers)]
    return Reply(status=_OK if listed else _NO_CONTENT, told=listed or NOTHING)


def _make_type(room: Room, call: Call) -> Reply:
    _check_room(room, call)
    name = _told(call).get("eventType")
    if isinstance(name, str) and rooms.event_type(room.parts.registers, name):
        return Reply(status=_CONFLICT, told=NOTHING)
    raise _bad("loại sự kiện do đặc tả quy định", "event types follow from the contracts")


def _type(room: Room, call: Call) -> Reply:
    _check_room(room, call)
    kind = rooms.event_type(room.parts.registers, call.path["type"])
    if kind is None:
        return Reply(status=_NO_CONTENT, told=NOTHING)
    return Reply(status=_OK, told={"eventType": kind.name, "schema": kind.schema})


def _keep_type(room: Room, call: Call) -> Reply:
    _known(room, call)
    raise AccessDenied(
        Sentence(
            vi="Loại sự kiện và sự kiện theo cơ sở dữ liệu, không xóa được.",
            en="Event types and events follow the registers and are not deleted.",
        )
    )


def _publish(room: Room, call: Call) -> Reply:
    _known(room, call)
    raise _bad("sự kiện chỉ phát sinh tại nguồn", "events arise at source only, by deliveries")


def _status(room: Room, call: Call) -> Reply:
    kind = _known(room, call)
    number = rooms.number_of(call.path["event"])
    told = None if number is None else room.event(kind, number)
    if told is None:
        raise _nothing()
    return Reply(status=_OK, told=rooms.told_event(told, kind, room.parts.provider))


def _subscriptions(room: Room, call: Call) -> Reply:
    _check_room(room, call)
    held = room.subscriptions()
    if not held:
        raise _nothing()
    return Reply(status=_OK, told=[rooms.told_subscription(one) for one in held])


def _subscribe(room: Room, call: Call) -> Reply:
    _check_room(room, call)
    kind = rooms.event_type(room.parts.registers, call.path["type"])
    if kind is None:
        raise _bad("không có loại sự kiện này", "there is no such event type")
    new = room.subscribe(kind, _told(call))
    return Reply(status=_OK if new else _CONFLICT, told=NOTHING)


def _subscription(room: Room, call: Call) -> Reply:
    return Reply(status=_OK, told=rooms.told_subscription(_mine(room, call)))


def _wish(room: Room, call: Call) -> Reply:
    room.wish(_mine(room, call), _told(call))
    return Reply(status=_CREATED, told=NOTHING)


def _cancel(room: Room, call: Call) -> Reply:
    room.cancel(_mine(room, call))
    return Reply(status=_NO_CONTENT, told=NOTHING)


def _pull(room: Room, call: Call) -> Reply:
    kind, mine = _known(room, call), _mine_or_conflict(room, call)
    if mine is None:
        return Reply(status=_CONFLICT, told=NOTHING)
    told = room.next(kind, mine)
    if told is None:
        raise _nothing()
    return Reply(status=_OK, told=rooms.told_event(told, kind, room.parts.provider))


def _acknowledge(room: Room, call: Call) -> Reply:
    kind, mine = _known(room, call), _mine_or_conflict(room, call)
    number = rooms.number_of(call.path["event"])
    if mine is None or number is None:
        return Reply(status=_CONFLICT, told=NOTHING)
    was_next = room.acknowledge(kind, mine, number)
    if was_next is None:
        raise _nothing()
    return Reply(status=_NO_CONTENT if was_next else _CONFLICT, told=NOTHING)


_EVENT_TYPE, _SUBSCRIPTION = "/api/v1/eventType", "/api/v1/subs"
_SERVED: tuple[tuple[str, Mapping[str, Callable[[Room, Call], Reply]]], ...] = (
    ("/listMethods", {"GET": _methods}),
    ("/allowedMethods", {"GET": _allowed}),
    ("/getOpenAPI", {"GET": _document}),
    (_EVENT_TYPE, {"GET": _types, "POST": _make_type}),
    (_EVENT_TYPE + "/{type}", {"GET": _type, "DELETE": _keep_type}),
    ("/pub/v1/{type}", {"POST": _publish}),
    ("/pub/v1/{type}/{event}", {"GET": _status, "DELETE": _keep_type}),
    (_SUBSCRIPTION, {"GET": _subscriptions}),
    (
        _SUBSCRIPTION + "/{type}",
        {"GET": _subscription, "POST": _subscribe, "PATCH": _wish, "DELETE": _cancel},
    ),
    ("/pull/v1/{type}", {"GET": _pull}),
    ("/pull/v1/{type}/{event}", {"DELETE": _acknowledge}),
)


def _mine(room: Room, call: Call) -> Follower:
    found = _mine_or_conflict(room, call)
    if found is None:
        raise _nothing()
    return found


def _mine_or_conflict(room: Room, call: Call) -> Follower | None:
    _check_room(room, call)
    return next(iter(room.subscriptions(call.path["type"])), None)


def _known(room: Room, call: Call) -> EventType:
    _check_room(room, call)
    kind = rooms.event_type(room.parts.registers, call.path["type"])
    if kind is None:
        raise _nothing()
    return kind


def _check_room(room: Room, call: Call) -> None:
    if not _is_here(room, call):
        raise _nothing()


def _told(call: Call) -> dict[str, Any]:
    try:
        told = json.loads(call.body)
    except (ValueError, RecursionError) as wrong:
        raise _bad("nội dung không phải JSON", "the body is not JSON") from wrong
    if not isinstance(told, dict):
        raise _bad("nội dung phải là một đối tượng", "the body must be an object")
    return told


def _nothing() -> UnknownThing:
    return UnknownThing(Sentence(vi="Không có.", en="There is none."))


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))
