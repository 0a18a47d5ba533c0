-- What a subject may see and when, what witnesses said, and when others say it stood there.

alter table node.access_grant
add column purpose_title text not null default '',
add column visibility text not null default 'at-once'
check (visibility in ('at-once', 'deferred', 'withheld')),
add column deferred_days integer not null default 0 check (deferred_days >= 0),
add column visibility_order text not null default '',
add constraint a_delay_has_an_order_and_an_end check (
    visibility = 'at-once' or visibility_order <> ''
),
add constraint a_deferral_has_an_end check (visibility <> 'deferred' or deferred_days > 0);

comment on column node.access_grant.purpose_title is
'What the procedure is for, in words that a citizen understands.';
comment on column node.access_grant.visibility_order is
'By whose order entries under this grant are not shown at once.';

-- Retention looks for what is old: a few ranges of the table, since entries lie in order of time.
create index journal_entry_at on node.journal_entry using brin (at);

-- What witnesses signed under our checkpoints (C2SP tlog-cosignature).
create table node.journal_cosignature (
    size bigint not null references node.journal_checkpoint (size),
    witness text not null,
    line text not null,
    came_at timestamptz not null,
    primary key (size, witness)
);

-- Time stamps of others on our checkpoints (RFC 3161).
create table node.journal_stamp (
    size bigint primary key references node.journal_checkpoint (size),
    token bytea not null,
    stamped_at timestamptz not null
);

-- Two notes that one log signed and that do not fit one another: the proof, kept for good.
create table node.witnessed_conflict (
    origin text not null,
    seen_at timestamptz not null,
    kept text not null,
    told text not null,
    primary key (origin, seen_at)
);
