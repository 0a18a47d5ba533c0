-- name: believed
-- The answers that stand.
select
    record,
    person,
    outcome,
    number,
    probability,
    differs,
    evidence
from node.verification
where register = %(register)s and object = %(object)s and believed_to is null;

-- name: answered
-- Of whom an answer stands.
select
    object,
    record,
    person
from node.verification
where register = %(register)s and believed_to is null;

-- name: end
-- Answers that are believed no longer.
update node.verification
set believed_to = %(at)s, ended_by = %(delivery)s
from pg_temp.marked
where
    verification.register = %(register)s
    and verification.object = %(object)s
    and verification.record = marked.id
    and verification.person = marked.person
    and verification.believed_to is null;
