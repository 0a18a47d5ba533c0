-- name: believed
-- The answers that stand.
select
    record,
    person,
    outcome,
    number,
    probability,
    differs,
    evidence,
    link
from node.verification
where
    register = %(register)s
    and object = %(object)s
    and (%(records)s::bigint[] is null or record = any(%(records)s))
    and believed_to is null;

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

-- name: end_all
-- Whoever the records named that ended.
update node.verification
set believed_to = %(at)s, ended_by = %(delivery)s
from pg_temp.marked
where
    verification.register = %(register)s
    and verification.object = %(object)s
    and verification.record = marked.id
    and verification.believed_to is null;

-- name: hold_numbers
-- One program at a time takes numbers for links.
select pg_advisory_lock(hashtextextended('sogoc.link_number', 0));

-- name: take_numbers
-- The last of so many new numbers, which follow one another.
select setval('node.link_number', nextval('node.link_number') + %(count)s - 1);

-- name: let_numbers_go
-- The next program may take its numbers.
select pg_advisory_unlock(hashtextextended('sogoc.link_number', 0));
