-- Members of the exchange, as the hub's officer accepted them, and each directory that was signed.

create table node.member (
    id text primary key,
    name text not null,
    address text not null,
    log text not null,
    services jsonb not null,
    accepted_at timestamptz not null,
    accepted_by text not null,
    removed_at timestamptz,
    removed_by text
);

create table node.member_key (
    member text not null references node.member (id),
    id text not null,
    public text not null,
    since timestamptz not null,
    until timestamptz not null check (until > since),
    primary key (member, id)
);

create table node.directory (
    version bigint primary key,
    issued timestamptz not null,
    expires timestamptz not null,
    note text not null
);
