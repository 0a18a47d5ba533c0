-- name: work_on_it
-- What officers did about things that this delivery brought.
with work as (
    select id from node.finding
    where opened_by = %(delivery)s and (closed_by_officer is not null or state = 'in-work')
    union all
    select correction.id from node.correction
    where
        correction.delivery = %(delivery)s
        -- a returned worklist is itself that work, and goes back whole
        and not exists (
            select 1 from node.worklist_return
            where worklist_return.delivery = correction.delivery
        )
    union all
    select record as id from node.near_duplicate
    where delivery = %(delivery)s and judged is not null
)

select count(*) from work;

-- name: delete_findings
-- Findings that it opened.
delete from node.finding
where opened_by = %(delivery)s;

-- name: reopen_findings
-- Findings that it closed, in the state in which it found them.
update node.finding
set
    state = state_before,
    state_before = 'open',
    closed_by = null,
    closed_at = null,
    outcome = null
where closed_by = %(delivery)s;

-- name: delete_verifications
-- Answers that it brought.
delete from node.verification
where delivery = %(delivery)s;

-- name: reopen_verifications
-- Answers that it ended.
update node.verification
set believed_to = null, ended_by = null
where ended_by = %(delivery)s;

-- name: delete_scores
-- Its scores.
delete from node.score
where delivery = %(delivery)s;

-- name: delete_groups
-- Its counts of records by group.
delete from node.record_group
where delivery = %(delivery)s;

-- name: delete_coverage
-- Its counts of objects that should be there.
delete from node.coverage
where delivery = %(delivery)s;

-- name: delete_near_duplicates
-- Its pairs to judge.
delete from node.near_duplicate
where delivery = %(delivery)s;

-- name: take_back_answers
-- Findings that officers answered on it, as they stood before the first of those answers.
with before as (
    select distinct on (finding)
        finding,
        state_before,
        outcome_before,
        evidence_before
    from node.answer
    where delivery = %(delivery)s
    order by finding asc, at asc
)

update node.finding
set
    state = before.state_before,
    outcome = before.outcome_before,
    evidence = before.evidence_before,
    closed_by = null,
    closed_at = null,
    closed_by_officer = null
from before
where before.finding = finding.id;

-- name: delete_answers
-- What officers said on it; the file that says so stays kept.
delete from node.answer
where delivery = %(delivery)s;

-- name: delete_corrections
-- Values that officers changed on it.
delete from node.correction
where delivery = %(delivery)s;

-- name: delete_judgements
-- What officers decided on it about who is meant.
delete from node.judgement
where delivery = %(delivery)s;

-- name: restore_judgements
-- Judgements that were withdrawn or superseded on it.
update node.judgement
set withdrawn_at = null, withdrawn_by = null, withdrawn_why = '', withdrawn_delivery = null
where withdrawn_delivery = %(delivery)s;

-- name: forget_return
-- Its worklist has not come back with it.
delete from node.worklist_return
where delivery = %(delivery)s;

-- name: reopen_worklists
-- A worklist stands as its last return that is left says.
with returns as (
    select
        worklist,
        returned_at,
        returned_by,
        sha256,
        row_number() over (partition by worklist order by returned_at desc, delivery desc) as place
    from node.worklist_return
),

lists as (
    select id from node.worklist
    where register = %(register)s and returned_at is not null
),

latest as (
    select
        lists.id,
        returns.returned_at,
        returns.returned_by,
        returns.sha256
    from lists
    left join returns on lists.id = returns.worklist and returns.place = 1
)

update node.worklist
set
    returned_at = latest.returned_at,
    returned_by = latest.returned_by,
    returned_sha256 = latest.sha256
from latest
where latest.id = worklist.id;
