-- name: next_numbers
-- Take numbers for new entries; the row stays locked until they are kept or given back.
insert into node.journal_head (size)
values (%(count)s)
on conflict (only_row) do update set size = journal_head.size + excluded.size
returning size - %(count)s;

-- name: take_messages
-- Keep the marks of messages, or of what entries say; only those come back that no worker kept
-- before, or so long ago that they hold no more.
insert into node.message_taken (mark, until)
select
    mark,
    now() + make_interval(secs => %(seconds)s) as until
from unnest(%(marks)s::uuid[]) as given (mark)
order by mark
on conflict (mark) do update
    set until = excluded.until
    where message_taken.until < now()
returning mark;

-- name: keep_at_once
-- Entries whose messages are new and that say something new, and their marks, by one statement:
-- what few questions cost most is the way to the database and back. The order is that above: marks
-- of messages, marks of what entries say, numbers, entries.
with taken as (
    insert into node.message_taken (mark, until)
    select
        mark,
        now() + make_interval(secs => %(seconds)s) as until
    from unnest(%(marks)s::uuid[]) as told (mark)
    order by mark
    on conflict (mark) do update
        set until = excluded.until
        where message_taken.until < now()
    returning mark
),

given as (
    select
        place,
        unit,
        mark,
        once,
        at,
        subject,
        visible_from,
        payload,
        salt,
        commitment
    from unnest(
        %(unit)s::int[],
        %(of)s::uuid[],
        %(once)s::uuid[],
        %(at)s::timestamptz[],
        %(subject)s::text[],
        %(visible_from)s::timestamptz[],
        %(payload)s::bytea[],
        %(salt)s::bytea[],
        %(commitment)s::bytea[]
    ) with ordinality as told (
        unit, mark, once, at, subject, visible_from, payload, salt, commitment, place
    )
),

fresh as (
    select distinct
        given.unit,
        given.once
    from given
    where given.mark is null or given.mark in (select taken.mark from taken)
),

-- Of those that say the same, the first.
first_said as (
    select distinct on (fresh.once)
        fresh.once,
        fresh.unit
    from fresh
    where fresh.once is not null
    order by fresh.once, fresh.unit
),

said as (
    insert into node.message_taken (mark, until)
    select
        first_said.once as mark,
        now() + make_interval(secs => %(seconds)s) as until
    from first_said
    order by first_said.once
    on conflict (mark) do update
        set until = excluded.until
        where message_taken.until < now()
    returning mark
),

chosen as (
    select fresh.unit from fresh
    where fresh.once is null
    union all
    select first_said.unit from first_said
    inner join said on first_said.once = said.mark
),

new as (
    select
        given.*,
        row_number() over (order by given.place) - 1 as behind
    from given
    inner join chosen on given.unit = chosen.unit
),

numbers as (
    insert into node.journal_head (size)
    select count(*) from new
    having count(*) > 0
    on conflict (only_row) do update set size = journal_head.size + excluded.size
    returning size - (select count(*) from new) as first
),

kept as (
    insert into node.journal_entry
    (number, at, subject, visible_from, payload, salt, commitment)
    select
        numbers.first + new.behind as number,
        new.at,
        new.subject,
        new.visible_from,
        new.payload,
        new.salt,
        new.commitment
    from new
    cross join numbers
)

select
    array(select uuid_send(taken.mark) from taken) as marks,
    array(select chosen.unit from chosen) as units,
    (select numbers.first from numbers) as first;

-- name: forget_messages
-- Marks of messages that are too old to be believed anyway.
delete from node.message_taken
where until < now();

-- name: last_checkpoint
-- What the log last said of itself, under its key of now, and as it was first signed.
select
    size,
    root,
    coalesce(signed_again, note) as signed_now,
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

-- name: sign_again
-- The same checkpoint under a later key of the node.
update node.journal_checkpoint
set signed_again = %(note)s
where size = %(size)s;

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
    and (
        %(register)s = ''
        or convert_from(payload, 'UTF8')::jsonb ->> 'register' = %(register)s
    )
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
    and (%(until)s::timestamptz is null or at < %(until)s)
    and (
        %(register)s = ''
        or convert_from(payload, 'UTF8')::jsonb ->> 'register' = %(register)s
    );

-- name: one_about_subject
-- One entry, if it is about this person and may be shown.
select payload
from node.journal_entry
where
    number = %(number)s
    and subject = %(subject)s
    and (visible_from is null or visible_from <= %(now)s);

-- name: cosigned
-- What witnesses signed under one checkpoint.
select line
from node.journal_cosignature
where size = %(size)s
order by witness;

-- name: witnessed
-- The latest checkpoint that a witness signed.
select
    checkpoint.size,
    coalesce(checkpoint.signed_again, checkpoint.note) as signed_now
from node.journal_checkpoint as checkpoint
where
    exists (
        select 1
        from node.journal_cosignature as signed
        where signed.size = checkpoint.size
    )
order by checkpoint.size desc
limit 1;

-- name: keep_cosignature
-- A witness saw that the log only grew.
insert into node.journal_cosignature (size, witness, line, came_at)
values (%(size)s, %(witness)s, %(line)s, %(moment)s)
on conflict (size, witness) do update set
    line = excluded.line,
    came_at = excluded.came_at;

-- name: keep_stamp
-- Others say when the checkpoint stood there.
insert into node.journal_stamp (size, token, stamped_at)
values (%(size)s, %(token)s, %(moment)s)
on conflict (size) do nothing;

-- name: latest_stamp
-- The latest checkpoint with a time stamp.
select
    checkpoint.note,
    stamp.token,
    stamp.stamped_at
from node.journal_stamp as stamp
inner join node.journal_checkpoint as checkpoint on stamp.size = checkpoint.size
order by stamp.size desc
limit 1;
