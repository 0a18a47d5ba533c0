-- The feed of changes, who follows it, and messages that are answered later.

create table node.feed (
    register text primary key,
    opened_at timestamptz not null,
    opened_after bigint not null,
    begins_at bigint not null
);
comment on table node.feed is 'Registers whose changes are told, since when';
comment on column node.feed.opened_after is 'The last number given before it was opened';
comment on column node.feed.begins_at is 'The first number that is still kept';

create table node.feed_head (
    only_row boolean primary key default true check (only_row),
    last_number bigint not null
);
insert into node.feed_head (last_number) values (0);

create table node.feed_delivery (
    delivery bigint primary key,
    register text not null,
    taken_back boolean not null default false
);
comment on table node.feed_delivery is 'Deliveries whose changes are told, or lay before the feed';

create table node.change (
    number bigint primary key,
    register text not null,
    object text not null,
    record bigint not null,
    kind text not null check (
        kind in (
            'created', 'changed', 'died', 'renamed', 'renumbered', 'moved', 'gone', 'returned',
            'taken-back'
        )
    ),
    delivery bigint not null,
    at timestamptz not null
);
comment on table node.change is 'What happened to which record, in the order in which it was told';
create index change_of_object on node.change (register, object, number);
create index change_of_delivery on node.change (delivery);

create table node.follower (
    id uuid primary key,
    channel text not null check (channel in ('mediator', 'dci')),
    client text not null,
    event_type text not null,
    register text not null,
    object text not null,
    kind text not null default '',
    options jsonb not null default '{}',
    read_up_to bigint not null,
    created_at timestamptz not null,
    ended_at timestamptz,
    next_at timestamptz not null,
    failures integer not null default 0
);
comment on table node.follower is 'Who follows which changes, and how far they have come';
create unique index follower_once on node.follower (
    channel, client, event_type, md5(options ->> 'filter')
) nulls not distinct where ended_at is null;

create table node.later_answer (
    id bigint generated always as identity primary key,
    client text not null,
    register text not null,
    action text not null check (action in ('search', 'subscribe', 'unsubscribe', 'txn-status')),
    transaction_id text not null,
    correlation_id text not null unique,
    reference_ids text[] not null,
    request jsonb,
    callback text not null,
    state text not null check (state in ('rcvd', 'pdng', 'succ', 'rjct')),
    outcome jsonb not null default '{}',
    received_at timestamptz not null,
    next_at timestamptz not null,
    failures integer not null default 0
);
comment on table node.later_answer is 'Questions that are answered by a call-back';
comment on column node.later_answer.request is 'Empty once it was answered or given up';
comment on column node.later_answer.outcome is 'What became of each part of it; no data of anybody';
create index later_answer_of_client on node.later_answer (client, transaction_id);
create index later_answer_due on node.later_answer (next_at) where state in ('rcvd', 'pdng');
