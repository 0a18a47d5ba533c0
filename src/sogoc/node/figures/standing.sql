-- name: journal
-- Entries that are durable; how many of them the last checkpoint covers, and since when.
select
    coalesce((select max(size) from node.journal_head), 0) as entries,
    coalesce((select max(size) from node.journal_checkpoint), 0) as covered,
    (select max(signed_at) from node.journal_checkpoint) as signed_at;

-- name: states
-- How many there are of everything that goes from state to state.
select
    'deliveries' as what,
    state,
    count(*) as number
from node.delivery
group by state
union all
select
    'rounds_sent' as what,
    state,
    count(*) as number
from node.round
group by state
union all
select
    'rounds_taken' as what,
    state,
    count(*) as number
from node.round_taken
group by state
union all
select
    'grants' as what,
    state,
    count(*) as number
from node.access_grant
group by state
union all
select
    'callbacks' as what,
    case when failures > 0 then 'resting' else 'fine' end as state,
    count(*) as number
from node.follower
where ended_at is null
group by case when failures > 0 then 'resting' else 'fine' end
union all
select
    'later_answers' as what,
    case when failures > 0 then 'resting' else 'fine' end as state,
    count(*) as number
from node.later_answer
where request is not null
group by case when failures > 0 then 'resting' else 'fine' end;
