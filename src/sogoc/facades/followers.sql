-- name: follow
-- A new follower, from this number on.
insert into node.follower (
    id, channel, client, event_type, register, object, kind, options, read_up_to, created_at,
    next_at
)
values (
    %(id)s, %(channel)s, %(client)s, %(event_type)s, %(register)s, %(object)s, %(kind)s,
    %(options)s, %(cursor)s, %(now)s, %(now)s
)
on conflict do nothing;

-- name: of_client
-- Whom a client follows by one channel, in the order in which it began.
select
    id,
    event_type,
    register,
    object,
    kind,
    options,
    read_up_to,
    client,
    failures,
    created_at
from node.follower
where
    channel = %(channel)s
    and client = %(client)s
    and (%(event_type)s = '' or event_type = %(event_type)s)
    and (%(only)s::uuid is null or id = %(only)s)
    and ended_at is null
order by created_at, id;

-- name: change_options
-- Other wishes of the same follower.
update node.follower
set options = %(options)s
where id = %(id)s;

-- name: move
-- How far it has come; it never goes back.
update node.follower
set read_up_to = greatest(read_up_to, %(cursor)s), failures = 0, next_at = %(now)s
where id = %(id)s;

-- name: end_following
-- It follows no more.
update node.follower
set ended_at = %(now)s
where id = %(id)s and ended_at is null;

-- name: ended
-- Whether a client followed under this number once.
select exists(
    select 1 from node.follower
    where id = %(id)s and client = %(client)s and channel = %(channel)s
);

-- name: due
-- Followers to be told something, lent to whoever asks until a moment.
update node.follower
set next_at = %(lent_until)s
where
    id in (
        select follower.id
        from node.follower
        where
            follower.channel = %(channel)s
            and follower.ended_at is null
            and follower.next_at <= %(now)s
            and exists (
                select 1 from node.change
                where
                    change.register = follower.register
                    and change.object = follower.object
                    and change.number > follower.read_up_to
                    and (follower.kind = '' or change.kind = follower.kind)
            )
        order by follower.next_at
        limit %(most)s
        for update skip locked
    )
returning
    id,
    event_type,
    register,
    object,
    kind,
    options,
    read_up_to,
    client,
    failures,
    created_at;

-- name: later
-- It could not be told; it is tried again at that moment.
update node.follower
set failures = failures + 1, next_at = %(next_at)s
where id = %(id)s;
