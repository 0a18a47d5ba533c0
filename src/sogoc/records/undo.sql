-- name: work_on_it
-- What officers did about things that this delivery brought.
with work as (
    select id from node.finding
    where opened_by = %(delivery)s and (closed_by_officer is not null or state = 'in-work')
    union all
    select id from node.correction
    where delivery = %(delivery)s
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
