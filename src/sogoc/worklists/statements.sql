-- name: places
-- Communes and hamlets that have open findings.
select distinct
    coalesce(locality, '') as locality,
    hamlet
from node.finding
where register = %(register)s and closed_at is null;

-- name: open_findings
-- Open findings of a commune, or of one hamlet of it.
select
    f.id,
    f.object,
    f.record,
    f.rule,
    f.field,
    f.flaw,
    f.proposal,
    f.due,
    v.differs
from node.finding as f
left join node.verification as v
    on
        f.register = v.register
        and f.object = v.object
        and f.record = v.record
        and f.person = v.person
        and f.flaw = v.outcome
        and v.believed_to is null
where
    f.register = %(register)s
    and f.closed_at is null
    and coalesce(f.locality, '') = %(locality)s
    and (%(hamlet)s = '' or coalesce(f.hamlet, %(elsewhere)s) = %(hamlet)s)
order by f.object, f.record, f.id;

-- name: begin_list
-- A worklist gets its number before it is written, since the number stands in it.
insert into node.worklist (
    register, form, locality, hamlet, made_at, rules_version, file_name, sha256, findings
) values (
    %(register)s, %(form)s, %(locality)s, %(hamlet)s, %(made_at)s, %(rules_version)s,
    '', '', %(findings)s
) returning id;

-- name: written
-- The worklist as it went out.
update node.worklist set file_name = %(file_name)s, sha256 = %(sha256)s
where id = %(id)s;

-- name: forget_list
-- A worklist that grew too large and was written anew in parts.
delete from node.worklist
where id = %(id)s;

-- name: sent
-- The worklist that came back, as this node remembers it; locked, so that two returns queue.
select
    id,
    register,
    locality,
    hamlet,
    made_at
from node.worklist
where id = %(id)s
for update;

-- name: applied
-- Whether this very file was applied before.
select count(*) from node.worklist_return
where worklist = %(id)s and sha256 = %(sha256)s;

-- name: finding_states
-- How the findings of a returned worklist stand now.
select
    id,
    object,
    record,
    field,
    outcome,
    closed_at is not null as closed
from node.finding
where register = %(register)s and id = any(%(ids)s);

-- name: answer
-- A finding is answered; only one that is still open.
update node.finding
set
    state = case when %(closes)s then 'done' else 'in-work' end,
    outcome = %(outcome)s,
    evidence = %(evidence)s,
    closed_at = case when %(closes)s then %(at)s::timestamptz end,
    closed_by_officer = case when %(closes)s then %(officer)s end
where id = %(id)s and closed_at is null;

-- name: correct
-- A value that an officer changed, with the evidence.
insert into node.correction (
    worklist, register, object, record, field, before, after, officer, at, evidence, delivery
) values (
    %(worklist)s, %(register)s, %(object)s, %(record)s, %(field)s, %(before)s, %(after)s,
    %(officer)s, %(at)s, %(evidence)s, %(delivery)s
);

-- name: remember_answer
-- An answer, with how its finding stood before it; only of one that is still open.
insert into node.answer (
    delivery, finding, officer, at, outcome, evidence,
    state_before, outcome_before, evidence_before
)
select
    %(delivery)s as came_in,
    id as finding,
    %(officer)s as who,
    %(at)s as answered_at,
    %(outcome)s as answered,
    %(evidence)s as told,
    state,
    outcome,
    evidence
from node.finding
where id = %(id)s and closed_at is null;

-- name: returned
-- The worklist came back.
update node.worklist
set returned_at = %(at)s, returned_by = %(officer)s, returned_sha256 = %(sha256)s
where id = %(worklist)s;

-- name: came_back
-- Each time that it came back.
insert into node.worklist_return (worklist, delivery, returned_at, returned_by, sha256)
values (%(worklist)s, %(delivery)s, %(at)s, %(officer)s, %(sha256)s);

-- name: finding_rules
-- Which rule of which record each finding is about.
select
    id,
    object,
    record,
    rule
from node.finding
where register = %(register)s and id = any(%(ids)s);
