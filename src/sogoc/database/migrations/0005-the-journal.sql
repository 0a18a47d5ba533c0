-- Every access, append-only: who asked what about whom. The public tree holds only `commitment`.

create table node.journal_head (
    only_row boolean primary key default true check (only_row),
    size bigint not null
);

create table node.journal_entry (
    number bigint primary key,
    at timestamptz not null,
    subject text,
    visible_from timestamptz,
    payload bytea,
    salt bytea check (octet_length(salt) = 32),
    commitment bytea not null check (octet_length(commitment) = 32)
);

create index journal_entry_of_subject on node.journal_entry (subject, number desc)
where subject is not null;

create table node.journal_tile (
    level smallint not null,
    place bigint not null,
    content bytea not null check (octet_length(content) between 32 and 8192),
    primary key (level, place)
);

create table node.journal_checkpoint (
    size bigint primary key,
    root bytea not null check (octet_length(root) = 32),
    note text not null,
    signed_at timestamptz not null
);

-- Checkpoints of other nodes, as we saw them: who rewrites history is caught by what others keep.
create table node.witnessed_checkpoint (
    origin text not null,
    size bigint not null,
    root bytea not null check (octet_length(root) = 32),
    note text not null,
    seen_at timestamptz not null,
    primary key (origin, size)
);
