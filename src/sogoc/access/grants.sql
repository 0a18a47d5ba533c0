-- name: ask
-- A grant as it was asked for.
insert into node.access_grant (
    id, member, register, fields, operations, purpose, ground, sensitive_ground,
    first_day, last_day, rate_per_minute, most_keys, purpose_title, visibility, deferred_days,
    visibility_order, state
)
values (
    %(id)s, %(member)s, %(register_id)s, %(fields)s, %(operations)s, %(purpose)s, %(ground)s,
    %(sensitive_ground)s, %(first_day)s, %(last_day)s, %(rate_per_minute)s, %(most_keys)s,
    %(purpose_title)s, %(visibility)s, %(deferred_days)s, %(visibility_order)s, 'asked'
)
on conflict (id) do nothing;

-- name: step
-- Who decided what about it, and why.
insert into node.access_grant_step (grant_id, at, officer, state, reason)
values (%(id)s, %(moment)s, %(officer)s, %(state)s, %(reason)s);

-- name: lock
-- The state in which it stands, held until the transaction ends.
update node.access_grant
set id = id
where id = %(id)s
returning state;

-- name: change
-- The state in which it stands from now on.
update node.access_grant
set state = %(state)s
where id = %(id)s;

-- name: all_grants
-- Grants with their state, oldest first.
select
    id,
    member,
    register,
    fields,
    operations,
    purpose,
    ground,
    sensitive_ground,
    first_day,
    last_day,
    rate_per_minute,
    most_keys,
    purpose_title,
    visibility,
    deferred_days,
    visibility_order,
    state
from node.access_grant
where (%(state)s::text is null or state = %(state)s)
order by id;

-- name: titles
-- What procedures are for, in words: as the latest grant says it.
select distinct on (purpose)
    purpose,
    purpose_title
from node.access_grant
where purpose = any(%(purposes)s) and purpose_title <> '' and state <> 'asked'
order by purpose asc, first_day desc, id desc;

-- name: waiting
-- How many grants of a member wait for the keeper.
select count(*)
from node.access_grant
where member = %(member)s and state = 'asked';

-- name: history
-- Each step of one grant.
select
    at,
    officer,
    state,
    reason
from node.access_grant_step
where grant_id = %(id)s
order by at;
