"""Bank customers: csv with semicolons and a byte-order mark, and their accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.books.form import Columns, Desk, iso, nobody, prepared, send_csv, shown
from sogoc.demo.damage import Draft
from sogoc.demo.draw import either, texts
from sogoc.demo.paper.separated import utf8_with_mark
from sogoc.demo.people import TODAY
from sogoc.demo.world import World, strangers, written

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.demo.draw import Ints

CUSTOMERS: Columns = (
    ("CUSTOMER_ID", "customer"),
    ("FULL_NAME", "person.name"),
    ("ID_NO", "person.number"),
    ("OLD_ID_NO", "old_number"),
    ("BIRTH_DATE", "person.born"),
    ("GENDER", "person.sex"),
    ("NATIONALITY", "nationality"),
    ("ADDRESS", "person.address"),
    ("WARD_CODE", "person.commune"),
    ("PHONE", "person.phone"),
    ("EMAIL", "email"),
    ("ID_ISSUE_DATE", "issued"),
    ("BIOMETRIC_FLAG", "biometric"),
    ("BIOMETRIC_DATE", "biometric_day"),
    ("OPEN_DATE", "opened"),
    ("LAST_UPDATE", "updated"),
)
ACCOUNTS: Columns = (
    ("ACCOUNT_NO", "account"),
    ("CUSTOMER_ID", "customer"),
    ("ACCOUNT_TYPE", "type"),
    ("CURRENCY", "currency"),
    ("BALANCE", "balance"),
    ("OPEN_DATE", "opened"),
    ("CLOSE_DATE", "closed"),
    ("STATUS", "status"),
)


def customers(world: World, count: int) -> Ints:
    """Adults by lot; a few died, and the bank was not told."""
    people = world.people
    dead = world.draws.chance("dead customer", np.arange(len(people)), 0.05)
    able = np.flatnonzero(
        people.adult(TODAY) & people.registered(TODAY) & (people.living(TODAY) | dead)
    )
    order = np.argsort(world.draws.uniform("customer", able), kind="stable")
    return np.sort(able[order[:count]])


def write_customers(world: World, desk: Desk) -> tuple[Path, int]:
    """Individual customers of the core system."""
    draws, people = world.draws, world.people
    who = customers(world, world.scaled(30_000))
    by = written(world, "person", who)
    opened = np.datetime64("2008-01-01") + draws.below("opened", who, 6700).astype("timedelta64[D]")
    biometric = draws.chance("biometric", who, 0.78)
    day = np.datetime64("2024-07-01") + draws.below("biometric day", who, 800).astype(
        "timedelta64[D]"
    )
    draft = Draft(
        register="bank",
        delivery="bank-customers",
        ids=who.copy(),
        columns={
            **by.columns,
            "customer": texts([f"{10_000_000 + one}" for one in who.tolist()]),
            "old_number": either(people.old_number[who] == "", None, people.old_number[who]),
            "nationality": texts(["Việt Nam"] * len(who)),
            "email": texts([None] * len(who)),
            "issued": iso(shown(np.maximum(np.datetime64("2021-06-01"), opened))),
            "biometric": either(biometric, "1", "0"),
            "biometric_day": either(biometric, iso(shown(day)), None),
            "opened": iso(shown(opened)),
            "updated": iso(shown(np.maximum(opened, np.datetime64("2026-01-10")))),
        },
        person={"person": who},
        careless=world.careless(people.patch[who]),
        aside=by.aside,
    )
    strangers(world, draft, "person")
    draft = prepared(world, draft)
    # Systems export dates year first; what was damaged by hand stays as it is.
    draft.columns["person.born"] = iso(draft.columns["person.born"])
    return send_csv(world, draft, CUSTOMERS, desk, separator=";", encode=utf8_with_mark), len(draft)


def write_accounts(world: World, desk: Desk) -> tuple[Path, int]:
    """Accounts of the same customers; a few belong to customers who are not in the list."""
    draws = world.draws
    who = customers(world, world.scaled(30_000))
    who = who[draws.chance("has account", who, 0.6)]
    lost = draws.chance("customer lost", who, 0.004)
    status = draws.one_of(
        "status", who, ("hoat-dong", "hoat-dong", "hoat-dong", "tam-khoa", "da-dong")
    )
    opened = np.datetime64("2012-01-01") + draws.below("account opened", who, 5000).astype(
        "timedelta64[D]"
    )
    balance = (draws.uniform("balance", who) ** 6 * 2e9).astype(np.int64)
    draft = Draft(
        register="bank",
        delivery="bank-accounts",
        ids=who.copy(),
        columns={
            "account": texts([f"0{9_100_000_000 + one * 7}" for one in who.tolist()]),
            "customer": texts(
                [
                    f"{10_000_000 + one + (5_000_000 if gone else 0)}"
                    for one, gone in zip(who.tolist(), lost, strict=True)
                ]
            ),
            "type": draws.one_of("type", who, ("thanh-toan", "thanh-toan", "tiet-kiem", "vay")),
            "currency": draws.one_of("currency", who, ("VND",) * 30 + ("USD",)),
            "balance": texts([str(one) for one in balance.tolist()]),
            "opened": iso(shown(opened)),
            "closed": either(
                status == "da-dong", iso(shown(opened + np.timedelta64(900, "D"))), None
            ),
            "status": status,
        },
        person={"": nobody(len(who))},
        careless=np.zeros(len(who), dtype=np.bool_),
    )
    draft = world.damager.spoil(draft)
    return send_csv(world, draft, ACCOUNTS, desk, separator=";", encode=utf8_with_mark), len(draft)
