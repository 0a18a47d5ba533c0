-- name: release
-- A release of a register by its number: what it is now, and when it came in.
select
    id,
    merged_at
from node.delivery
where register = %(register)s and id = %(id)s and state = 'merged' and merged_at is not null;

-- name: edges
-- The first release of a register and the last.
select
    (array_agg(id order by merged_at, id))[1] as first_id,
    min(merged_at) as first_moment,
    (array_agg(id order by merged_at desc, id desc))[1] as last_id,
    max(merged_at) as last_moment
from node.delivery
where register = %(register)s and state = 'merged' and merged_at is not null;
