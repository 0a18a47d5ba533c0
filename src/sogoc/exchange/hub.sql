-- name: accept
-- A member as the officer accepted it; one that had left comes back.
insert into node.member (id, name, address, log, services, accepted_at, accepted_by)
values (%(id)s, %(name)s, %(address)s, %(log)s, %(services)s, %(moment)s, %(officer)s)
on conflict (id) do update set
    name = excluded.name,
    address = excluded.address,
    log = excluded.log,
    services = node.member.services || excluded.services,
    accepted_at = excluded.accepted_at,
    accepted_by = excluded.accepted_by,
    removed_at = null,
    removed_by = null;

-- name: add_key
-- A key of a member, believed from now on; one that had ended with its membership begins anew. It
-- is sealed for as it says now.
insert into node.member_key as known (member, id, public, log, since, until, sealing)
values (%(id)s, %(key_id)s, %(public)s, %(log)s, %(moment)s, %(until)s, %(sealing)s)
on conflict (member, id) do update set
    log = excluded.log,
    sealing = excluded.sealing,
    since = case when known.until <= %(moment)s then excluded.since else known.since end,
    until = case when known.until <= %(moment)s then excluded.until else known.until end;

-- name: key
-- The key of that id, if the member has one.
select public
from node.member_key
where member = %(id)s and id = %(key_id)s;

-- name: is_revoked
-- Whether this very key was taken back, whosever and under whatever id.
select exists(
    select 1
    from node.member_key
    where public = %(public)s and revoked_at is not null
);

-- name: end_keys
-- Earlier keys of a member are believed for a while yet, so that nothing stops.
update node.member_key
set until = least(until, %(overlap)s)
where member = %(id)s and id <> %(key_id)s and since < %(overlap)s;

-- name: remove
-- A member that is one no longer.
update node.member
set
    removed_at = %(moment)s,
    removed_by = %(officer)s
where id = %(id)s and removed_at is null;

-- name: end_all_keys
-- Whoever is no member has no key either: one that comes back brings the key by which it comes.
update node.member_key
set until = greatest(%(moment)s, since + interval '1 microsecond')
where member = %(id)s and until > %(moment)s;

-- name: revoke
-- A key that is believed no more, and never again.
update node.member_key
set
    until = least(until, greatest(%(moment)s, since + interval '1 microsecond')),
    revoked_at = coalesce(revoked_at, %(moment)s),
    revoked_by = coalesce(revoked_by, %(officer)s)
where member = %(id)s and id = %(key_id)s
returning public;

-- name: members
-- Members in force.
select
    id,
    name,
    address,
    log,
    services
from node.member
where removed_at is null
order by id;

-- name: keys
-- Keys that are or will be believed.
select
    member,
    id,
    public,
    since,
    until,
    sealing
from node.member_key
where until > %(moment)s
order by member, since, id;

-- name: logs
-- Every key that journals of members had, oldest first.
select
    member,
    log,
    since,
    until
from node.member_key
where log <> ''
order by member, since, id;

-- name: publish
-- A directory as it was signed; none is ever changed.
insert into node.directory (version, issued, expires, note, changed)
values (%(version)s, %(issued)s, %(expires)s, %(note)s, %(changed)s);

-- name: forget_old
-- Of directories that say the same only the last hour's are kept, the first, and one a day.
delete from node.directory
where
    issued < %(before)s
    and not changed
    and version not in (
        select min(version)
        from node.directory
        group by date_trunc('day', issued)
    );

-- name: version
-- A directory as it was signed.
select note
from node.directory
where version = %(version)s;

-- name: latest
-- The newest directory.
select
    version,
    expires,
    note
from node.directory
order by version desc
limit 1;

-- name: signs_for
-- Whether this is the key of that member, by which the hub signs: then the new one follows it.
select exists(
    select 1
    from node.member_key
    where member = %(id)s and public = %(own)s
);

-- name: succeed
-- Who follows this key of the hub; where another was named before, this one from now on.
insert into node.hub_key_change (old, note, announced_at, announced_by)
values (%(own)s, %(note)s, %(moment)s, %(officer)s)
on conflict (old) do update set
    note = excluded.note,
    announced_at = excluded.announced_at,
    announced_by = excluded.announced_by;

-- name: take_back_succession
-- Nobody follows this key of the hub, as far as directories say from now on.
delete from node.hub_key_change
where old = %(own)s;

-- name: succession
-- The notes by which keys of the hub follow one another.
select note
from node.hub_key_change
order by announced_at;
