-- name: before
-- Findings that stand open, and those that an officer settled for the register as it is.
select
    id,
    record,
    rule,
    person,
    field,
    flaw,
    came_as,
    opened_at,
    due,
    closed_at is not null as settled
from node.finding
where
    register = %(register)s
    and object = %(object)s
    and (%(records)s::bigint[] is null or record = any(%(records)s))
    and (
        closed_at is null
        or (closed_by_officer is not null and outcome = 'source-was-right')
    );

-- name: close_ended
-- What broke a rule is no more.
update node.finding
set
    state_before = state,
    state = 'done',
    closed_by = %(delivery)s,
    closed_at = %(at)s,
    outcome = 'redelivered'
from pg_temp.marked
where
    finding.register = %(register)s
    and finding.object = %(object)s
    and marked.id = finding.record
    and finding.closed_at is null;

-- name: close
-- A later delivery put right what these were about.
update node.finding
set
    state_before = state,
    state = 'done',
    closed_by = %(delivery)s,
    closed_at = %(at)s,
    outcome = 'redelivered'
from pg_temp.marked
where finding.register = %(register)s and marked.id = finding.id;
