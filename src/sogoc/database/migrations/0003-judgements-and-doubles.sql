-- What people decide: under which delivery, and since when no longer; persons entered twice.
alter table node.judgement
add column id bigint generated always as identity primary key,
add column delivery bigint references node.delivery,
add column withdrawn_at timestamptz,
add column withdrawn_by text,
add column withdrawn_why text not null default '',
add column withdrawn_delivery bigint references node.delivery,
add constraint judgement_decision check (decision in ('same', 'other', 'absent')),
add constraint judgement_number check ((decision = 'absent') = (number is null));
comment on column node.judgement.number is
'The personal number of the person of the population whom the decision is about; none for absent';
comment on column node.judgement.delivery is
'The judgement or returned worklist by which it came';
comment on column node.judgement.withdrawn_at is
'Since then it counts no longer; it is never deleted, but with the delivery that brought it';
create index judgement_delivery on node.judgement (delivery) where delivery is not null;

create table node.duplicate_search (
    id bigint generated always as identity primary key,
    register text not null,
    object text not null,
    made_at timestamptz not null,
    made_by text not null,
    policy_version text not null,
    records bigint not null,
    pairs bigint not null,
    clusters bigint not null,
    left_out bigint not null default 0
);
comment on table node.duplicate_search is
'Each time that a register was searched for persons entered twice';
comment on column node.duplicate_search.left_out is
'Pairs not listed because their cluster would have grown beyond its cap';

create table node.duplicate (
    search bigint not null references node.duplicate_search on delete cascade,
    cluster integer not null,
    record bigint not null,
    other bigint not null,
    posterior double precision not null,
    weight integer not null,
    evidence text not null,
    primary key (search, record, other),
    check (record < other)
);
comment on table node.duplicate is
'Pairs of records of one register that may be one person, for a person to judge; never merged';
comment on column node.duplicate.weight is 'Thousandths of a bit';

create table node.duplicate_judgement (
    id bigint generated always as identity primary key,
    register text not null,
    object text not null,
    record bigint not null,
    other bigint not null,
    decision text not null check (decision in ('same', 'different')),
    officer text not null,
    decided_at timestamptz not null,
    evidence text not null default '',
    withdrawn_at timestamptz,
    withdrawn_by text,
    check (record < other)
);
comment on table node.duplicate_judgement is
'What a person decided about two records of one register';
create unique index duplicate_judgement_stands
on node.duplicate_judgement (register, object, record, other) where withdrawn_at is null;
