"""The subject's view from outside: signed questions over a real socket, a real journal behind."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx2
import pytest
from tests.exchange.test_registers import PERSON, put

from sogoc.access.entry import Entry, entry_from
from sogoc.access.grant import Grant, Operation, State
from sogoc.access.grant_store import GrantStore
from sogoc.access.journal import GroupCommit
from sogoc.access.keeping.rule_file import JournalRules, Officers, rules_at
from sogoc.access.log import Log, check_proof
from sogoc.access.policies import PolicyBook
from sogoc.access.postgres_book import PostgresBook
from sogoc.access.postgres_journal import PostgresJournal, entry_with_proof, usages
from sogoc.access.usage import USAGE
from sogoc.clock import SystemClock
from sogoc.contract.load import load
from sogoc.errors import SettingsError
from sogoc.exchange.answering import Answering
from sogoc.exchange.directory import Directory, DirectoryKey, Member
from sogoc.exchange.granting import GrantDesk
from sogoc.exchange.limits import Rate, SeenIds
from sogoc.exchange.names import Subsystem
from sogoc.exchange.usage.desk import SERVICES, UsageDesk
from sogoc.exchange.usage.postgres_kin import PostgresKin
from sogoc.records.store import RecordStore
from sogoc.shipped import shipped
from sogoc.testing.served import NO_TLS, free_port, served
from sogoc.trust.keys import SigningKey
from sogoc.trust.messages import Answer, Request, believe_answer, sign_request
from sogoc.trust.proof import read_proof
from sogoc.web.exchange.behind import PREFIX, Behind, purpose_from, trusted_from
from sogoc.web.exchange.door import Door, ExchangeParts
from sogoc.web.exchange.metaservices import MetaParts, Metaservices

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from sogoc.database.store import Store

POPULATION = load(shipped("registers") / "population.odcs.yaml")
PORTAL_KEY, POP_KEY = SigningKey(bytes(range(32))), SigningKey(bytes(range(32, 64)))
PORTAL, POP = "VN/GOV/05/PORTAL", Subsystem("VN", "GOV", "01", "POP")
ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
SUBJECT, MOTHER, CHILD = "001190000001", "001190000009", "001220000005"
NOW = datetime.now(UTC)  # noqa: TID251 - signatures over sockets go by the real clock
GRANT = Grant(
    id="G-PORTAL",
    member=PORTAL,
    register=USAGE.id,
    fields=frozenset(field.name for field in USAGE.objects[0].fields),
    operations=frozenset({Operation.USAGE}),
    purpose="1.000001",
    purpose_title="Xem ai đã dùng dữ liệu của mình",
    ground="Luật Bảo vệ dữ liệu cá nhân (ví dụ)",
    first_day=date(2020, 1, 1),
    last_day=date(2099, 1, 1),
    rate_per_minute=100_000,
)
LAND = replace(
    GRANT,
    id="G-LAND",
    member="VN/GOV/02/LAND",
    register=POPULATION.id,
    fields=frozenset({PERSON.name}),
    operations=frozenset({Operation.VERIFY}),
    purpose="1.012789",
    purpose_title="Cấp giấy chứng nhận quyền sử dụng đất",
)
RULES = rules_at(shipped("rules") / "journal", date(2026, 12, 1))


def looked(minutes_ago: int, **changes: object) -> Entry:
    told: dict[str, object] = {
        "at": NOW - timedelta(minutes=minutes_ago),
        "request_id": f"request-{minutes_ago}",
        "member": "VN/GOV/02/LAND",
        "officer": "VN000000000007",
        "subject": SUBJECT,
        "register": POPULATION.id,
        "operation": "read",
        "fields": (PERSON.name,),
        "purpose": "1.012789",
        "issue": "H29-SOMEBODY-ELSE",
        "ground": "Luật Đất đai 2024, Điều 166",
        "grant": "G-LAND",
    }
    return Entry(**(told | changes))  # type: ignore[arg-type]  # fields by name


@dataclass
class Scene:
    """The population node with its journal, and the citizens' portal that asks it."""

    address: str
    journal: GroupCommit
    connection: psycopg.Connection
    directory: Directory
    desk: UsageDesk
    held: dict[str, Any]
    log: Log

    def ask(
        self, method: str, path: str, *, user: str = f"VN{SUBJECT}", body: object = None
    ) -> httpx2.Response:
        """Ask as the portal does: signed, for whoever is signed in. The answer is believed."""
        request = Request(
            method=method,
            target_uri=f"{self.address}/r1/{POP}{path}",
            headers={
                "x-road-client": PORTAL,
                "x-road-id": str(uuid4()),
                "x-road-userid": user,
                "x-road-issue": "1.000001/XEM",
            },
            body=b"" if body is None else json.dumps(body).encode(),
        )
        now = int(SystemClock().now().timestamp())
        told = sign_request(request, PORTAL_KEY, key_id="portal-1", created=now)
        whole = replace(request, headers={**request.headers, **told})
        with httpx2.Client(trust_env=False, verify=NO_TLS) as http:
            answer = http.request(
                method, whole.target_uri, headers=dict(whole.headers), content=whole.body
            )
        believe_answer(
            Answer(status=answer.status_code, headers=dict(answer.headers), body=answer.content),
            whole,
            self.directory.at(SystemClock().now()),
            provider=str(POP),
            now=now,
            tolerance_seconds=60,
        )
        return answer

    def behind(self, path: str, **more: str) -> httpx2.Response:
        """Ask as a Security Server passes it on, without what Data Tracker does not know."""
        told = {"x-road-client": PORTAL, "x-road-id": str(uuid4()), "x-road-userid": f"VN{SUBJECT}"}
        with httpx2.Client(trust_env=False, verify=NO_TLS) as http:
            return http.get(f"{self.address}/xroad{path}", headers=told | more)

    def find(self, query: str = f"userCode=VN{SUBJECT}", **more: Any) -> Any:  # noqa: ANN401 - JSON
        """What the citizen sees."""
        answer = self.ask("GET", f"/findUsage/v2/findUsage?{query}", **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def set_rules(self, **changes: object) -> None:
        """Other rules from now on."""
        rules: JournalRules = replace(self.desk.rules, **changes)  # type: ignore[arg-type]
        object.__setattr__(self.desk, "rules", rules)


def member(name: str, code: str, key: SigningKey, key_id: str) -> Member:
    keys = (DirectoryKey(id=key_id, public=key.public, since=ALWAYS[0], until=ALWAYS[1]),)
    return Member(
        id=Subsystem("VN", "GOV", name),
        name=f"Cơ quan ví dụ {name}",
        address="http://127.0.0.1",
        keys=keys,
        services=((code, ()),),
    )


def whole(given: ExchangeParts, held: dict[str, Any]) -> Any:  # noqa: ANN401 - an ASGI application
    """The door with its metaservices, and what a Security Server reaches beside it."""
    meta = MetaParts(records=lambda *_: {}, sees_all=lambda _: False)
    inside, trusted = Metaservices(Door(given), given, meta), trusted_from("127.0.0.1")

    async def either(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        behind = Behind(given, trusted, held["purpose"])
        app = behind if scope.get("path", "").startswith(PREFIX) else inside
        await app(scope, receive, send)

    return either


@pytest.fixture
def scene(database: Store, connection: psycopg.Connection) -> Iterator[Scene]:
    """Served over a real socket."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    clock = SystemClock()
    store = GrantStore(connection, clock)
    for grant, register in ((GRANT, USAGE), (LAND, POPULATION)):
        store.ask(grant, register, officer="a")
        store.change(grant.id, State.ACCEPTED, officer="b")
    kept = PostgresJournal(database)
    group = GroupCommit(kept)
    directory = Directory(
        instance="VN",
        version=1,
        issued=ALWAYS[0],
        expires=ALWAYS[1],
        members=(
            member("01", "POP", POP_KEY, "pop-1"),
            member("02", "LAND", SigningKey.made(), "land-1"),
            member("05", "PORTAL", PORTAL_KEY, "portal-1"),
        ),
    )
    answering = Answering(
        journal=group,
        policies=PolicyBook([GRANT]),
        grants={GRANT.id: GRANT},
        seen=SeenIds(seconds=120),
        rate=Rate(),
        clock=clock,
    )
    held: dict[str, Any] = {"answering": answering, "purpose": ""}
    log = Log(connection, "pop.example/journal")
    names = {str(one.id): one.name for one in directory.members}
    desk = UsageDesk(
        provider=str(POP),
        address=address,
        book=lambda: PostgresBook(connection, store, log),
        kin=lambda: PostgresKin(connection, (POPULATION,)),
        rules=RULES,
        registers={POPULATION.id: POPULATION},
        names=lambda one: names.get(one.rpartition("/")[0], ""),
    )
    grants = GrantDesk(
        provider=str(POP),
        address=address,
        store=lambda: store,
        registers={POPULATION.id: POPULATION},
        rules=RULES,
    )
    with ThreadPoolExecutor(4) as threads:
        given = ExchangeParts(
            provider=str(POP),
            address=address,
            key=POP_KEY,
            key_id="pop-1",
            directory=lambda: directory,
            answering=lambda: held["answering"],
            registers={POPULATION.id: POPULATION},
            shelf=lambda _object: desk,  # type: ignore[arg-type,return-value]  # never asked
            threads=threads,
            others={**dict.fromkeys(SERVICES, desk.answered), "grants": grants.answered},
        )
        with served(whole(given, held), port):
            yield Scene(address, group, connection, directory, desk, held, log)
    group.close()
    kept.close()


def test_a_citizen_sees_who_looked_when_why_and_on_which_ground(scene: Scene) -> None:
    scene.journal.append([looked(30)])
    told = scene.find()
    label = POPULATION.object("nguoi").field(PERSON.name).label
    assert told["totalUsages"] == 1
    (usage,) = told["usages"]
    assert usage.keys() == {
        "logtime", "action", "receiverCode", "receiverName", "receiverSystem"
    }  # fmt: skip
    assert usage["receiverCode"] == "VN/GOV/02"
    assert usage["receiverName"] == "Cơ quan ví dụ 02"
    assert usage["receiverSystem"] == "LAND"
    assert datetime.fromisoformat(usage["logtime"]).tzinfo is not None
    for word in (label, "Cấp giấy chứng nhận", "1.012789", "Điều 166"):
        assert word in usage["action"]


def test_the_newest_stand_first_and_the_total_ignores_the_page(scene: Scene) -> None:
    scene.journal.append([looked(minutes) for minutes in (50, 40, 30, 20)])
    told = scene.find(f"userCode={SUBJECT}&offset=1&limit=2")
    times = [one["logtime"] for one in told["usages"]]
    assert (told["totalUsages"], len(times)) == (4, 2)
    assert times == sorted(times, reverse=True)
    since = (NOW - timedelta(minutes=35)).strftime("%Y-%m-%dT%H:%M:%SZ")
    until = (NOW - timedelta(minutes=25)).strftime("%Y-%m-%dT%H:%M:%SZ")
    within = scene.find(f"userCode={SUBJECT}&periodStart={since}&periodEnd={until}")
    assert within["totalUsages"] == 1


def test_looking_is_itself_a_use_that_the_citizen_sees(scene: Scene) -> None:
    scene.journal.append([looked(30)])
    assert scene.find()["totalUsages"] == 1
    again = scene.find()
    assert again["totalUsages"] == 2
    assert again["usages"][0]["receiverSystem"] == "PORTAL"


def test_what_is_deferred_is_neither_shown_nor_counted_before_its_day(scene: Scene) -> None:
    scene.journal.append(
        [
            looked(30, visible_from=NOW + timedelta(days=1), withheld_by="Lệnh 1"),
            looked(29, visible_from=NOW - timedelta(minutes=1), withheld_by="Lệnh 2"),
            looked(28, withheld_by="Luật ví dụ"),
        ]
    )
    told = scene.find()
    assert (told["totalUsages"], len(told["usages"])) == (1, 1)
    period = scene.ask("GET", "/findUsage/v2/usagePeriod").json()
    assert set(period) == {"periodStart"}


def test_another_persons_entries_are_not_among_them(scene: Scene) -> None:
    scene.journal.append([looked(30, subject="001190000002"), looked(29)])
    assert scene.find()["totalUsages"] == 1
    refused = scene.ask("GET", "/findUsage/v2/findUsage?userCode=001190000002")
    assert refused.headers["x-road-error"] == "Server.ServerProxy.AccessDenied"
    assert refused.status_code == 500


def test_a_refusal_to_look_for_another_is_journalled(scene: Scene) -> None:
    scene.ask("GET", "/findUsage/v2/findUsage?userCode=001190000002")
    row = scene.connection.execute("select max(number) from node.journal_entry").fetchone()
    assert row is not None
    entry = entry_from(entry_with_proof(scene.connection, row[0])[0])
    assert (entry.decision, entry.operation, entry.member) == ("refused", "usage", PORTAL)
    assert not entry.subject


def test_no_member_looks_without_a_grant_for_it_or_for_more_than_it(scene: Scene) -> None:
    body = {"userCode": SUBJECT, "fields": ["at", "officer"]}
    for fields in (frozenset({"at", "action", "receiver"}), frozenset({"at"})):
        narrow = replace(GRANT, fields=fields)
        scene.held["answering"] = replace(
            scene.held["answering"], policies=PolicyBook([narrow]), grants={narrow.id: narrow}
        )
        assert "AccessDenied" in scene.ask("POST", "/usage/v1/find", body=body).text
    assert "AccessDenied" in scene.ask("GET", f"/findUsage/v2/findUsage?userCode={SUBJECT}").text
    unknown = {"userCode": SUBJECT, "fields": ["at", "religion"]}
    assert scene.ask("POST", "/usage/v1/find", body=unknown).status_code == 400


def test_a_mother_looks_for_her_child_and_the_register_proves_it(scene: Scene) -> None:
    RecordStore(scene.connection).prepare(POPULATION)
    put(scene.connection, CHILD, "Nguyễn Văn Bé", "2022-05-02")
    scene.connection.execute(
        f"update register.{POPULATION.id}__nguoi set {PERSON.mother_number} = %s", (MOTHER,)
    )
    scene.journal.append([looked(30, subject=CHILD)])
    told = scene.find(f"userCode=VN{CHILD}", user=f"VN{MOTHER}")
    assert told["totalUsages"] == 1
    _, page = usages(scene.connection, CHILD, now=SystemClock().now())
    assert page[0][1].acting == f"parent: {POPULATION.id}"
    refused = scene.ask("GET", f"/findUsage/v2/findUsage?userCode=VN{CHILD}")
    assert refused.status_code == 500


def test_third_persons_cases_and_officers_are_kept_back(scene: Scene) -> None:
    scene.journal.append([looked(30, purpose="2.000815"), looked(29)])
    scene.set_rules(other_persons_purposes=frozenset({"2.000815"}))
    fields = ["action", "purpose", "ground", "fields", "officer"]
    body = {"userCode": SUBJECT, "fields": fields}
    plain, masked = scene.ask("POST", "/usage/v1/find", body=body).json()["usages"]
    assert masked["purpose"] == {"code": "", "title": ""}
    assert (masked["ground"], masked["fields"]) == ("", [])
    assert "thủ tục của người khác" in masked["action"]["vi"]
    assert plain["officer"] == "…007"
    assert "H29-SOMEBODY-ELSE" not in json.dumps([plain, masked])
    for how, seen in ((Officers.NUMBER, "VN000000000007"), (Officers.NOTHING, "")):
        scene.set_rules(officers=how)
        told = scene.ask("POST", "/usage/v1/find", body=body).json()["usages"]
        assert told[-2]["officer"] == seen


def test_the_answer_of_govstack_has_its_members_and_no_other(scene: Scene) -> None:
    path = "/myPersonalDataUsage/data/myPersonalDataUsage"
    query = f"userId=VN{SUBJECT}&databaseId={POPULATION.id}"
    assert scene.ask("GET", f"{path}?{query}").json() == []
    scene.journal.append([looked(30), looked(29, register="land")])
    (told,) = scene.ask("GET", f"{path}?{query}").json()
    assert told.pop("id").isdigit()
    assert told.pop("searchDateTime").endswith("Z")
    assert told == {
        "readerId": "…007",
        "readerInitials": "",
        "readerInstitutionId": "VN/GOV/02",
        "readerInstitutionName": "Cơ quan ví dụ 02",
        "readerApplicationName": "LAND",
        "refrences": [{"ReferenceID": "request-30"}],
    }
    for wrong in (f"userId=12&databaseId={POPULATION.id}", f"userId={SUBJECT}&databaseId=tax"):
        assert scene.ask("GET", f"{path}?{wrong}").status_code == 400


def test_the_older_spelling_of_govstack_is_answered_in_its_own_words(scene: Scene) -> None:
    path = "/myPersonalDataUsage/data/MyPersonalDataUsage/1.0"
    query = f"userID=VN{SUBJECT}&DatabaseID={POPULATION.id}"
    scene.journal.append([looked(30)])
    (told,) = scene.ask("GET", f"{path}?{query}").json()
    assert told.pop("ID").isdigit()
    assert told.pop("SearchDateTime").endswith("Z")
    assert told == {
        "ReaderID": "…007",
        "ReaderInitials": "",
        "ReaderInstitutionID": "VN/GOV/02",
        "ReaderInstitutionName": "Cơ quan ví dụ 02",
        "ReaderApplicationName": "LAND",
        "Refrences": [{"ReferenceID": "request-30"}],
    }
    newer = f"{path}?userId=VN{SUBJECT}&databaseId={POPULATION.id}"
    assert scene.ask("GET", newer).status_code == 400


def test_a_security_server_reaches_the_subject_s_view_as_a_service_of_x_road(scene: Scene) -> None:
    """Data Tracker has no `X-Road-Issue`: the purpose is the operator's, or there is no answer."""
    scene.journal.append([looked(30)])
    find = f"/findUsage/v2/findUsage?userCode=VN{SUBJECT}"
    assert scene.behind(find).status_code == 400
    scene.held["purpose"] = GRANT.purpose
    assert scene.behind(find).json()["totalUsages"] == 1
    looking, *_ = scene.behind(find).json()["usages"]
    assert f"{GRANT.purpose_title}" in looking["action"]
    assert scene.behind("/findUsage/v2/heartbeat").json() == {"status": "OK"}
    assert set(scene.behind("/findUsage/v2/usagePeriod").json()) == {"periodStart"}
    mine = f"/myPersonalDataUsage/data/myPersonalDataUsage?userId=VN{SUBJECT}&databaseId="
    assert len(scene.behind(mine + POPULATION.id).json()) == 1
    # Who names a purpose of its own is judged by that, and another person's entries stay closed.
    assert scene.behind(find, **{"x-road-issue": "9.9/X"}).status_code == 403
    other = {"x-road-userid": "VN001190000002"}
    assert scene.behind(find, **other).status_code == 403
    assert scene.behind("/findUsage/v3/findUsage").status_code == 404
    assert scene.behind(find, **{"x-road-client": ""}).status_code == 400
    with pytest.raises(SettingsError, match="usage_purpose"):
        purpose_from("who looked?")


def test_the_subject_s_view_is_listed_to_members_and_allowed_to_whom_a_grant_lets(
    scene: Scene,
) -> None:
    def listed(name: str) -> dict[str, set[tuple[str, str]]]:
        return {
            one["service_code"]: {(each["method"], each["path"]) for each in one["endpoint_list"]}
            for one in scene.ask("GET", f"/{name}").json()["service"]
        }

    told = listed("listMethods")
    assert told.keys() == {POPULATION.id, *SERVICES, "grants"}
    three = {("GET", f"/v2/{path}") for path in ("findUsage", "usagePeriod", "heartbeat")}
    assert told["findUsage"] == three
    assert listed("allowedMethods")["findUsage"] == three
    scene.held["answering"] = replace(scene.held["answering"], grants={})
    assert listed("allowedMethods").keys() == {"grants"}


def test_heartbeat_and_period_say_what_the_specification_asks(scene: Scene) -> None:
    assert scene.ask("GET", "/findUsage/v2/heartbeat").json() == {"status": "OK"}
    period = scene.ask("GET", "/findUsage/v2/usagePeriod").json()
    assert datetime.fromisoformat(period["periodStart"]).tzinfo is not None
    for path in ("heartbeat", "usagePeriod"):
        assert scene.ask("GET", f"/findUsage/v2/{path}?x=1").status_code == 400


@pytest.mark.parametrize(
    "query", ["", "userCode=12", f"userCode={SUBJECT}&limit=-1", f"userCode={SUBJECT}&x=1"]
)
def test_a_question_that_breaks_the_specification_gets_400(scene: Scene, query: str) -> None:
    answer = scene.ask("GET", f"/findUsage/v2/findUsage{query and '?'}{query}")
    assert answer.status_code == 400
    assert SUBJECT not in answer.text


def test_a_citizen_proves_an_entry_without_us(scene: Scene) -> None:
    (number,) = scene.journal.append([looked(30)])
    scene.log.sign_checkpoint(POP_KEY, now=NOW)
    body = {"userCode": SUBJECT, "number": number}
    kept_back = scene.ask("POST", "/usage/v1/proof", body=body)
    assert "office" in kept_back.text  # the proof would tell the officer's number
    scene.set_rules(officers=Officers.NUMBER)
    told = scene.ask("POST", "/usage/v1/proof", body=body).json()
    proof = read_proof(told["proof"])
    assert entry_from(proof.payload).subject == SUBJECT
    assert check_proof(proof).size > number
    other = {"userCode": SUBJECT, "number": number - 1}
    assert scene.ask("POST", "/usage/v1/proof", body=other).status_code == 500


# --- grants over the wire


def test_a_member_asks_for_a_grant_and_only_its_keeper_gives_it(scene: Scene) -> None:
    form = {
        "id": "G-2026-0009",
        "register": POPULATION.id,
        "fields": [PERSON.name],
        "operations": ["verify"],
        "purpose": "1.000001",
        "ground": "Luật ví dụ",
        "first_day": "2026-01-01",
        "last_day": "2027-01-01",
    }
    assert scene.ask("POST", "/grants/v1/ask", body=form).json()["state"] == "asked"
    mine = scene.ask("POST", "/grants/v1/mine", body={}).json()["grants"]
    told = {(one["id"], one["state"], one["member"]) for one in mine}
    assert told == {("G-2026-0009", "asked", PORTAL), (GRANT.id, "accepted", PORTAL)}
    again = scene.ask("POST", "/grants/v1/ask", body=form)
    assert (again.status_code, "already" in again.text) == (400, True)
    wrongs: list[object] = [
        {**form, "member": "VN/GOV/03/TAX"},
        {**form, "id": "G-2", "fields": ["shoe_size"]},
        {**form, "id": "G-2", "first_day": "soon"},
        {**form, "id": "G-2", "register": "tax"},
        {
            **form,
            "id": "G-2",
            "visibility": "deferred",
            "deferred_days": 9999,
            "visibility_order": "Lệnh 1",
        },
        [],
    ]
    for wrong in wrongs:
        refused = scene.ask("POST", "/grants/v1/ask", body=wrong)
        assert refused.status_code in {400, 500}
        assert "x-road-error" in refused.headers
