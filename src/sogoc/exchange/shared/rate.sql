-- name: begin
-- A grant that was not asked by yet has one minute's questions.
insert into node.rate_left (grant_id, tokens, since)
values (%(grant_id)s, %(per_minute)s, now())
on conflict (grant_id) do nothing;

-- name: take
-- A part of what is left, if at least one question is: the bucket refills steadily.
with refilled as (
    select
        grant_id,
        least(
            %(per_minute)s::double precision,
            tokens + extract(epoch from now() - since) * %(per_minute)s / 60
        ) as tokens
    from node.rate_left
    where grant_id = %(grant_id)s
    for update
)

update node.rate_left
set
    tokens = refilled.tokens - least(%(part)s, floor(refilled.tokens)),
    since = now()
from refilled
where rate_left.grant_id = refilled.grant_id and refilled.tokens >= 1
returning least(%(part)s, floor(refilled.tokens));

-- name: wait
-- Seconds until one question is left.
select (1 - tokens) * 60 / %(per_minute)s - extract(epoch from now() - since)
from node.rate_left
where grant_id = %(grant_id)s;
