-- Keys that are taken back, journals' keys with their spans, hub keys that follow one another, and
-- directories that differ from the one before.

alter table node.member_key
add column log text not null default '',
add column revoked_at timestamptz,
add column revoked_by text;

comment on column node.member_key.log is
'Verifier key of the journal that was accepted with this key: it counts as long as the key does.';

-- A node's journal was signed by the node's key under the journal's name; of the newest key the
-- member said so itself.
update node.member_key as known
set
    log = case
        when known.since = (
            select max(newest.since)
            from node.member_key as newest
            where newest.member = known.member
        ) then member.log
        else
            split_part(member.log, '+', 1) || '+'
            || encode(
                substring(
                    sha256(
                        convert_to(split_part(member.log, '+', 1), 'UTF8') || '\x0a01'::bytea
                        || decode(known.public, 'base64')
                    )
                    for 4
                ),
                'hex'
            )
            || '+' || encode('\x01'::bytea || decode(known.public, 'base64'), 'base64')
    end
from node.member as member
where member.id = known.member and member.log <> '';

-- The hub's key is followed by another: a note under the old one that names the new one.
create table node.hub_key_change (
    old text primary key,
    note text not null,
    announced_at timestamptz not null,
    announced_by text not null
);

alter table node.directory
add column changed boolean not null default true;

comment on column node.directory.changed is
'Whether it says something else than the one before: such are kept for good.';

alter table node.journal_checkpoint
add column signed_again text;

comment on column node.journal_checkpoint.signed_again is
'The same checkpoint under a later key of the node; a time stamp is on the note as it was first.';
