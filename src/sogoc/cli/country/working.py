"""Two agencies at work at a time, each in its own process; what they tell comes in one line."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Queue
from typing import TYPE_CHECKING, Any

from sogoc.cli.country.cast import HUB, LAND
from sogoc.cli.country.processes import Post
from sogoc.cli.country.worker import Orders
from sogoc.errors import DeliveryRefused, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.cli.country.laying import Laid
    from sogoc.demo.country import Country

_AT_ONCE = 2
"""A delivery keeps one core busy and takes up to two gigabytes."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that an agency did."""

    by: Laid
    line: dict[str, Any]


def all_at_work(laid: tuple[Laid, ...], country: Country) -> Iterator[Told]:
    """Everything that the agencies do, as it is done. Raises DeliveryRefused if one gives up."""
    said: Queue[Told | None] = Queue()
    with ThreadPoolExecutor(_AT_ONCE, "agency") as pool:
        for one in laid:
            pool.submit(_at_work, one, orders_of(one, laid, country), said)
        try:
            yield from _heard(said, len(laid))
        except BaseException:
            # Whoever waits for them went away: nobody works on unheard.
            pool.shutdown(wait=False, cancel_futures=True)
            for one in laid:
                Post(one.home, "deliver").stop()
            raise


def orders_of(one: Laid, laid: tuple[Laid, ...], country: Country) -> Orders:
    """What one agency has to do in this country."""
    requests = [str(each.home / "join-request.txt") for each in laid]
    broken = [("land", str(file)) for file in country.broken]
    return Orders(
        join=tuple(requests) if one.agency.folder == HUB else (),
        deliveries=tuple(
            (each.register, str(each.file))
            for each in country.deliveries
            if one.agency.receives(each)
        ),
        broken=tuple(broken) if one.agency.folder == LAND else (),
    )


def _heard(said: Queue[Told | None], left: int) -> Iterator[Told]:
    failed: dict[str, Any] | None = None
    while left:
        told = said.get()
        if told is None:
            left -= 1
        elif told.line["kind"] == "failed":
            failed = failed or told.line
        else:
            yield told
    if failed:
        raise DeliveryRefused(Sentence(vi=failed["vi"], en=failed["en"]))


def _at_work(one: Laid, orders: Orders, said: Queue[Told | None]) -> None:
    post = Post(one.home, "deliver")
    try:
        words = ("sogoc.cli.country.worker", str(one.home))
        with post.start(words) as process:
            if process.stdin is None or process.stdout is None:
                raise ChildProcessError(post.log)
            process.stdin.write(orders.written())
            process.stdin.close()
            failed = False
            for text in process.stdout:
                line = json.loads(text)
                failed = failed or line["kind"] == "failed"
                said.put(Told(one, line))
        if process.returncode and not failed:
            said.put(Told(one, _gave_up(post)))
    finally:
        said.put(None)


def _gave_up(post: Post) -> dict[str, Any]:
    return {
        "kind": "failed",
        "vi": f"Một nút dừng giữa chừng; xem {post.log}.",
        "en": f"A node stopped half-way; see {post.log}.",
    }
