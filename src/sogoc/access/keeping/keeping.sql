-- name: due
-- Entries that have said something for as long as the law lets them, oldest first, locked.
-- What was deferred stays until it was shown for a while; what is withheld has a time of its own.
select entry.number
from node.journal_entry as entry
where
    entry.payload is not null
    and entry.at < %(latest)s
    and entry.at < coalesce(
        (
            select cut.before
            from unnest(%(registers)s::text[], %(earlier)s::timestamptz[]) as cut (register, before)
            where cut.register = convert_from(entry.payload, 'UTF8')::jsonb ->> 'register'
        ),
        %(before)s
    )
    and case
        when entry.visible_from = 'infinity' then entry.at < %(withheld)s
        else coalesce(entry.visible_from <= %(shown)s, true)
    end
order by entry.number
limit %(most)s
for update;

-- name: forget
-- Forget what these entries say; their marks in the tree stay and say nothing any more.
update node.journal_entry
set
    payload = null,
    salt = null,
    subject = null,
    visible_from = null
where number = any(%(numbers)s) and payload is not null;

-- name: show_from
-- An order on entries of one case: from when on they show.
update node.journal_entry
set visible_from = %(shown)s::timestamptz
where
    payload is not null
    and at >= %(since)s
    and at < %(until)s
    and convert_from(payload, 'UTF8')::jsonb ->> 'purpose' = %(purpose)s
    and convert_from(payload, 'UTF8')::jsonb ->> 'issue' = %(case)s;

-- name: first_kept
-- The moment of the oldest entry that still says something.
select at
from node.journal_entry
where payload is not null
order by number
limit 1;
