-- Rounds that this node sends to be verified, and packages of others' rounds that it answers.

create table node.round (
    number bigint generated always as identity primary key,
    register text not null,
    choice text not null check (choice in ('all', 'unverified', 'changed')),
    service text not null,
    fields text[] not null check (cardinality(fields) > 0),
    officer text not null,
    issue text not null,
    package text not null unique,
    state text not null check (state in ('opening', 'open', 'sent', 'refused', 'received')),
    persons bigint not null default 0,
    records bigint not null default 0,
    opened_at timestamptz not null,
    opened_by text not null,
    sent_at timestamptz,
    received_at timestamptz,
    delivery bigint references node.delivery,
    counts jsonb not null default '{}',
    reason text not null default ''
);
comment on table node.round is 'Rounds of this node: how far each is, and what came of it';
create index round_of_register on node.round (register, number);

create table node.round_taken (
    package text primary key,
    member text not null,
    round bigint not null,
    register text not null,
    state text not null
    check (state in ('coming', 'whole', 'linked', 'answered', 'collected', 'refused')),
    persons bigint not null,
    "grant" text not null,
    ground text not null,
    officer text not null,
    issue text not null,
    begun_at timestamptz not null,
    answered_at timestamptz,
    journalled bigint not null default 0,
    answer text,
    counts jsonb not null default '{}',
    reason text not null default '',
    unique (member, round)
);
comment on table node.round_taken is
'Rounds of others: each is linked once, journalled entry by entry, then answered';
comment on column node.round_taken.journalled is
'Entries of the journal that are durable; they go in with this number, group by group';
