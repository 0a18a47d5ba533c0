-- name: lock
-- One gatherer at a time: numbers are given in the order in which they are seen.
select pg_advisory_xact_lock(hashtextextended('sogoc.feed', 0));

-- name: open
-- Tell the changes of this register from now on.
insert into node.feed (register, opened_at, opened_after, begins_at)
select
    %(register)s as register,
    %(now)s as opened_at,
    last_number as opened_after,
    last_number + 1 as begins_at
from node.feed_head
on conflict (register) do nothing;

-- name: pass_over
-- What was merged before the feed was opened is no news.
insert into node.feed_delivery (delivery, register, taken_back)
select
    id,
    register,
    state = 'undone' as taken_back
from node.delivery
where register = %(register)s and state in ('merged', 'undone')
on conflict (delivery) do nothing;

-- name: untold
-- Deliveries that were merged and not yet told, as they were merged.
select
    delivery.id,
    delivery.merged_at
from node.delivery
left join node.feed_delivery on node.delivery.id = feed_delivery.delivery
where
    delivery.register = %(register)s
    and delivery.state = 'merged'
    and feed_delivery.delivery is null
order by delivery.merged_at, delivery.id;

-- name: undone
-- Deliveries that were told and were taken back since.
select
    delivery.id,
    delivery.undone_at
from node.delivery
inner join node.feed_delivery on node.delivery.id = feed_delivery.delivery
where
    delivery.register = %(register)s
    and delivery.state = 'undone'
    and not feed_delivery.taken_back
order by delivery.undone_at, delivery.id;

-- name: told
-- This delivery is told.
insert into node.feed_delivery (delivery, register)
values (%(delivery)s, %(register)s);

-- name: take_back
-- Whatever was told of a delivery that was taken back is told anew.
with head as (select last_number from node.feed_head),

again as (
    select distinct
        register,
        object,
        record
    from node.change
    where delivery = %(delivery)s
),

numbered as (
    insert into node.change (number, register, object, record, kind, delivery, at)
    select
        head.last_number + row_number() over (order by again.object, again.record) as number,
        again.register,
        again.object,
        again.record,
        'taken-back' as kind,
        %(delivery)s as delivery,
        %(moment)s as at
    from again
    cross join head
    returning number
)

update node.feed_head
set last_number = greatest(last_number, (select max(number) from numbered));

-- name: is_taken_back
-- It is told that it was taken back.
update node.feed_delivery
set taken_back = true
where delivery = %(delivery)s;

-- name: feeds
-- Registers whose changes are told.
select register
from node.feed
order by register;

-- name: bounds
-- Where the feed of a register begins, and the last number given.
select
    feed.begins_at,
    head.last_number
from node.feed
cross join node.feed_head as head
where feed.register = %(register)s;

-- name: page
-- Changes after a number, in order.
select
    number,
    object,
    record,
    kind,
    delivery,
    at
from node.change
where
    register = %(register)s
    and object = %(object)s
    and (%(kind)s = '' or kind = %(kind)s)
    and number > %(after)s
    and (%(since)s::timestamptz is null or at >= %(since)s)
order by number
limit %(most)s;

-- name: one
-- One change by its number.
select
    number,
    object,
    record,
    kind,
    delivery,
    at
from node.change
where register = %(register)s and number = %(number)s;

-- name: prune
-- Forget changes older than a moment.
delete from node.change
where register = %(register)s and at < %(before)s;

-- name: begin_later
-- Say where the feed begins now.
update node.feed
set
    begins_at = coalesce(
        (
            select min(number) from node.change
            where register = %(register)s
        ),
        (select last_number + 1 from node.feed_head)
    )
where register = %(register)s;
