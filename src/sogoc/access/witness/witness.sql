-- name: lock
-- One at a time for one log: else a later checkpoint could be rolled back.
select pg_advisory_xact_lock(hashtextextended('sogoc.witness.' || %(origin)s, 0));

-- name: last
-- The largest checkpoint that was cosigned for a log.
select
    size,
    root,
    note,
    seen_at
from node.witnessed_checkpoint
where origin = %(origin)s
order by size desc
limit 1;

-- name: keep
-- A checkpoint that grew out of the one before.
insert into node.witnessed_checkpoint (origin, size, root, note, seen_at)
values (%(origin)s, %(size)s, %(root)s, %(note)s, %(moment)s)
on conflict (origin, size) do update set
    note = excluded.note,
    seen_at = excluded.seen_at;

-- name: thin
-- Of days that have passed, the last checkpoint is enough.
delete from node.witnessed_checkpoint as kept
where
    kept.origin = %(origin)s
    and kept.seen_at < %(before)s
    and exists (
        select 1
        from node.witnessed_checkpoint as later
        where
            later.origin = kept.origin
            and later.size > kept.size
            and later.seen_at::date = kept.seen_at::date
    );

-- name: conflict
-- Two notes that do not fit one another, once each.
insert into node.witnessed_conflict (origin, seen_at, kept, told)
select
    %(origin)s,
    %(moment)s,
    %(kept)s,
    %(told)s
where not exists (
    select 1
    from node.witnessed_conflict as known
    where known.origin = %(origin)s and known.told = %(told)s
);

-- name: conflicts
-- All that did not fit, oldest first.
select
    origin,
    seen_at,
    kept,
    told
from node.witnessed_conflict
where (%(origin)s = '' or origin = %(origin)s)
order by seen_at;

-- name: seen
-- The last that was seen of each log.
select distinct on (origin)
    origin,
    size,
    seen_at
from node.witnessed_checkpoint
order by origin asc, size desc;
