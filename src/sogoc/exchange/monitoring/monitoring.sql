-- name: given
-- The newest records of a span of time; of one client alone, or of all.
select record
from node.monitoring
where
    (%(since)s::timestamptz is null or at >= %(since)s)
    and (%(until)s::timestamptz is null or at < %(until)s)
    and (%(client)s::text is null or client = %(client)s)
order by number desc
limit %(at_most)s;

-- name: named
-- The record of the refusal that named this id.
select record
from node.monitoring
where detail = %(detail)s;

-- name: forget
-- The oldest go, so that the table never grows beyond its bound.
delete from node.monitoring
where
    number <= (select max(number) from node.monitoring) - %(most)s
    or at < %(before)s;
