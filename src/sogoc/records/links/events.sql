-- name: of_register
-- A page of the events of a register, oldest first.
select
    register,
    delivery,
    happened_at,
    link,
    object,
    record,
    person,
    kind,
    number_before,
    number_after,
    merged_with,
    split_from
from node.link_event
where
    register = %(register)s
    and delivery >= %(delivery)s
    and (delivery > %(delivery)s or link > %(link)s)
order by delivery, link
limit %(limit)s;

-- name: of_delivery
-- What one delivery did.
select
    register,
    delivery,
    happened_at,
    link,
    object,
    record,
    person,
    kind,
    number_before,
    number_after,
    merged_with,
    split_from
from node.link_event
where register = %(register)s and delivery = %(delivery)s
order by kind desc, link asc
limit %(limit)s;

-- name: of_person
-- What happened to the link of one person of a record.
select
    register,
    delivery,
    happened_at,
    link,
    object,
    record,
    person,
    kind,
    number_before,
    number_after,
    merged_with,
    split_from
from node.link_event
where
    register = %(register)s
    and object = %(object)s
    and record = %(record)s
    and person = %(person)s
order by happened_at, delivery;

-- name: changed_by
-- What one delivery changed of links that stood: links that only began are left out.
select
    register,
    delivery,
    happened_at,
    link,
    object,
    record,
    person,
    kind,
    number_before,
    number_after,
    merged_with,
    split_from
from node.link_event
where
    register = %(register)s
    and delivery = %(delivery)s
    and number_before is not null
order by kind desc, link asc
limit %(limit)s;

-- name: counts
-- How many links that stood one delivery moved, ended, merged and split.
with events as (
    select
        kind,
        merged_with,
        split_from
    from node.link_event
    where
        register = %(register)s
        and delivery = %(delivery)s
        and number_before is not null
)

select
    kind,
    count(*) as links
from events
group by kind
union all
select
    'merged' as kind,
    count(*) as links
from events
where merged_with is not null
having count(*) > 0
union all
select
    'split' as kind,
    count(*) as links
from events
where split_from is not null
having count(*) > 0;
