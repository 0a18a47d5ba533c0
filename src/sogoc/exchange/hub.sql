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
-- A key of a member, believed from now on; one that was there is sealed for as it says now.
insert into node.member_key (member, id, public, since, until, sealing)
values (%(id)s, %(key_id)s, %(public)s, %(moment)s, %(until)s, %(sealing)s)
on conflict (member, id) do update set sealing = excluded.sealing;

-- name: key
-- The key of that id, if the member has one.
select public
from node.member_key
where member = %(id)s and id = %(key_id)s;

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

-- name: next_version
-- The version that the next directory bears.
select coalesce(max(version), 0) + 1 from node.directory;

-- name: publish
-- A directory as it was signed; none is ever changed.
insert into node.directory (version, issued, expires, note)
values (%(version)s, %(issued)s, %(expires)s, %(note)s);

-- name: forget_old
-- Of directories with the same members only the last hours are kept, and one a day before.
delete from node.directory
where
    issued < %(before)s
    and version not in (
        select min(version)
        from node.directory
        group by date_trunc('day', issued)
    );

-- name: latest
-- The newest directory.
select
    version,
    expires,
    note
from node.directory
order by version desc
limit 1;
