-- Who may ask what: asked for by a member, accepted by the keeper, both written down.

create table node.access_grant (
    id text primary key,
    member text not null,
    register text not null,
    fields text[] not null check (cardinality(fields) > 0),
    operations text[] not null check (cardinality(operations) > 0),
    purpose text not null,
    ground text not null,
    sensitive_ground text not null default '',
    first_day date not null,
    last_day date not null check (last_day >= first_day),
    rate_per_minute integer not null check (rate_per_minute > 0),
    most_keys integer not null check (most_keys between 1 and 10000),
    state text not null check (state in ('asked', 'accepted', 'refused', 'withdrawn'))
);

create index access_grant_of_member on node.access_grant (member, register);

create table node.access_grant_step (
    grant_id text not null references node.access_grant (id),
    at timestamptz not null,
    officer text not null,
    state text not null check (state in ('asked', 'accepted', 'refused', 'withdrawn')),
    reason text not null default '',
    primary key (grant_id, at)
);
