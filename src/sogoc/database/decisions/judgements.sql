-- name: keep
-- A decision about one person of one record.
insert into node.judgement (
    register, object, record, person, number, decision, officer, decided_at, evidence, delivery
) values (
    %(register)s, %(object)s, %(record)s, %(person)s, %(number)s, %(decision)s, %(officer)s,
    %(at)s, %(evidence)s, %(delivery)s
) returning id;

-- name: supersede
-- What stood before and cannot stand beside it: one person is meant, or nobody.
update node.judgement
set
    withdrawn_at = %(at)s,
    withdrawn_by = %(officer)s,
    withdrawn_why = 'superseded',
    withdrawn_delivery = %(delivery)s
where
    register = %(register)s
    and object = %(object)s
    and record = %(record)s
    and person = %(person)s
    and withdrawn_at is null
    and (
        (%(decision)s in ('same', 'absent') and decision in ('same', 'absent'))
        or number = %(number)s
    );

-- name: withdraw
-- A decision that counts no longer.
update node.judgement
set
    withdrawn_at = %(at)s,
    withdrawn_by = %(officer)s,
    withdrawn_why = %(why)s,
    withdrawn_delivery = %(delivery)s
where id = %(id)s and withdrawn_at is null;

-- name: found
-- Decisions by register, record or id, newest first; those that stand before those withdrawn.
select
    id,
    register,
    object,
    record,
    person,
    number,
    decision,
    officer,
    decided_at,
    evidence,
    delivery,
    withdrawn_at,
    withdrawn_by,
    withdrawn_why
from node.judgement
where
    (%(id)s::bigint is null or id = %(id)s)
    and (%(register)s::text is null or register = %(register)s)
    and (%(object)s::text is null or object = %(object)s)
    and (%(record)s::bigint is null or record = %(record)s)
order by withdrawn_at is not null, id desc
limit %(limit)s;

-- name: standing
-- Decisions that count, of one object.
select
    record,
    person,
    number,
    decision
from node.judgement
where register = %(register)s and object = %(object)s and withdrawn_at is null
order by id;

-- name: mark
-- Changes with every decision made or withdrawn in a register.
select
    count(*) as made,
    coalesce(max(id), 0) as newest,
    count(withdrawn_at) as withdrawn
from node.judgement
where register = %(register)s;
