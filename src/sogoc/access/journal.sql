-- name: next_numbers
-- Take numbers for new entries; the row stays locked until they are kept or given back.
insert into node.journal_head (size)
values (%(count)s)
on conflict (only_row) do update set size = journal_head.size + excluded.size
returning size - %(count)s;

-- name: take_messages
-- Keep the marks of messages; only those that no worker kept before come back.
insert into node.message_taken (mark, until)
select
    mark,
    now() + make_interval(secs => %(seconds)s)
from unnest(%(marks)s::uuid[]) as given (mark)
order by mark
on conflict (mark) do nothing
returning mark;

-- name: forget_messages
-- Marks of messages that are too old to be believed anyway.
delete from node.message_taken
where until < now();

-- name: last_checkpoint
-- What the log last said of itself.
select
    size,
    root,
    note
from node.journal_checkpoint
order by size desc
limit 1;

-- name: size
-- How many entries are durable.
select coalesce(max(size), 0) from node.journal_head;

-- name: commitments
-- The public part of entries, in order.
select commitment
from node.journal_entry
where number >= %(start)s and number < %(stop)s
order by number;

-- name: tile
-- The hashes of one tile, as far as it is filled.
select content
from node.journal_tile
where level = %(height)s and place = %(place)s;

-- name: fill_tile
-- Keep a tile; what stood in it already must stand at its start.
insert into node.journal_tile (level, place, content)
values (%(height)s, %(place)s, %(content)s)
on conflict (
    level, place) do update set content = excluded.content
where substr(excluded.content, 1, octet_length(journal_tile.content)) = journal_tile.content;

-- name: keep_checkpoint
-- What the log now says of itself.
insert into node.journal_checkpoint (size, root, note, signed_at)
values (%(size)s, %(root)s, %(note)s, %(signed_at)s);

-- name: entry
-- One entry with what proves it.
select
    payload,
    salt,
    commitment
from node.journal_entry
where number = %(number)s;

-- name: about_subject
-- Entries about one person that may be shown, newest first.
select
    number,
    payload
from node.journal_entry
where
    subject = %(subject)s
    and (visible_from is null or visible_from <= %(now)s)
    and (%(since)s::timestamptz is null or at >= %(since)s)
    and (%(until)s::timestamptz is null or at < %(until)s)
order by number desc
limit %(page_size)s offset %(page_start)s;

-- name: count_about_subject
-- How many there are.
select count(*)
from node.journal_entry
where
    subject = %(subject)s
    and (visible_from is null or visible_from <= %(now)s)
    and (%(since)s::timestamptz is null or at >= %(since)s)
    and (%(until)s::timestamptz is null or at < %(until)s);

-- name: erase
-- Forget what entries say; their marks in the tree stay and say nothing any more.
update node.journal_entry
set
    payload = null,
    salt = null,
    subject = null
where at < %(before)s and payload is not null;
