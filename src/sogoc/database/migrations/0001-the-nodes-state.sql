-- The node's own state: deliveries, findings, verifications, scores, worklists, corrections.
-- Times are timestamptz, days are days in Vietnam.
create schema node;
create schema register;

create table node.migration (
    number integer primary key,
    name text not null,
    applied_at timestamptz not null
);
comment on table node.migration is 'Steps of the schema that were applied';

create table node.contract (
    register text not null,
    version text not null,
    sha256 text not null,
    text text not null,
    kept_at timestamptz not null,
    primary key (register, version)
);
comment on table node.contract is
'Every version of a contract that records were ever merged under, whole';

create table node.delivery (
    id bigint generated always as identity primary key,
    register text not null,
    contract_version text not null,
    form text not null default '',
    file_name text not null,
    sha256 text not null,
    bytes bigint not null,
    kept_path text not null,
    received_at timestamptz not null,
    received_by text not null,
    as_of date not null,
    state text not null check (state in ('kept', 'running', 'merged', 'refused', 'undone')),
    rules_version text not null default '',
    population_release bigint,
    counts jsonb not null default '{}',
    merged_at timestamptz,
    undone_at timestamptz
);
comment on table node.delivery is 'A file or table handed in, kept as it came';
comment on column node.delivery.kept_path is 'Where the file is kept, from the folder of the node';
comment on column node.delivery.as_of is 'The day for which the delivery speaks';
comment on column node.delivery.population_release is
'The delivery of the population register against which persons were verified';
comment on column node.delivery.counts is
'By object: rows, inserted, changed, unchanged, missing, group_1 and so on';
create unique index delivery_once on node.delivery (register, sha256)
where state in ('running', 'merged');

create table node.finding (
    id bigint generated always as identity primary key,
    register text not null,
    object text not null,
    record bigint not null,
    rule text not null,
    person text not null default '',
    field text not null,
    locality text,
    hamlet text,
    "group" smallint not null,
    severity text not null,
    criterion text not null,
    flaw text,
    came_as text,
    proposal text,
    opened_by bigint not null references node.delivery,
    opened_at timestamptz not null,
    due date,
    state text not null default 'open' check (state in ('open', 'in-work', 'done')),
    state_before text not null default 'open',
    closed_by bigint references node.delivery,
    closed_at timestamptz,
    closed_by_officer text,
    outcome text,
    evidence text
);
comment on table node.finding is
'One rule broken by one record; opened by a delivery, closed by a delivery or an officer';
comment on column node.finding.person is 'Which person of the record, for results of linking';
comment on column node.finding.opened_at is
'When the record first broke the rule, also where a later delivery brought another text';
comment on column node.finding.state_before is
'The state in which a delivery that closed it had found it: an undo gives it back';
comment on column node.finding.outcome is
'source-was-right, source-was-wrong, undecided or redelivered';
create index finding_open on node.finding (register, object, locality) where closed_at is null;
create index finding_record on node.finding (register, object, record);
create index finding_opened_by on node.finding (opened_by);
create index finding_closed_by on node.finding (closed_by) where closed_by is not null;

create table node.verification (
    register text not null,
    object text not null,
    record bigint not null,
    person text not null,
    outcome text not null,
    number text,
    probability double precision,
    differs text,
    evidence text,
    delivery bigint not null references node.delivery,
    believed_from timestamptz not null,
    believed_to timestamptz,
    ended_by bigint references node.delivery
);
comment on table node.verification is
'The answer for one person of one record, and the answers believed before';
create unique index verification_open on node.verification (register, object, record, person)
where believed_to is null;
create index verification_delivery on node.verification (delivery);
create index verification_ended_by on node.verification (ended_by) where ended_by is not null;

create table node.judgement (
    register text not null,
    object text not null,
    record bigint not null,
    person text not null,
    number text,
    decision text not null,
    officer text not null,
    decided_at timestamptz not null,
    evidence text not null default ''
);
comment on table node.judgement is
'What a person decided about a pair of record and person; it outranks every score';
create index judgement_record on node.judgement (register, object, record);

create table node.score (
    delivery bigint not null references node.delivery,
    rules_version text not null,
    register text not null,
    level text not null check (level in ('rule', 'criterion', 'field', 'object', 'register')),
    name text not null,
    criterion text not null default '',
    locality text not null default '',
    assessed bigint not null,
    failed bigint not null,
    unassessed bigint not null,
    dqi double precision,
    colour text not null default ''
);
comment on table node.score is
'Scores of each delivery by the rule file named in rules_version; kept, and recomputable';
comment on column node.score.name is
'A rule''s code, field/criterion, object.field, object or register';
comment on column node.score.locality is 'Empty: all localities together';
create index score_at on node.score (register, level, locality, delivery);
create index score_delivery on node.score (delivery);

create table node.record_group (
    delivery bigint not null references node.delivery,
    rules_version text not null,
    register text not null,
    object text not null,
    locality text not null,
    "group" smallint not null,
    records bigint not null,
    reason text not null default ''
);
comment on table node.record_group is 'How many records stand in groups 1, 2 and 3, by locality';
create index record_group_delivery on node.record_group (delivery);

create table node.coverage (
    delivery bigint not null references node.delivery,
    register text not null,
    object text not null,
    rule text not null,
    locality text not null,
    expected bigint,
    present bigint not null
);
comment on table node.coverage is 'Objects that are there against those that should be';
create index coverage_delivery on node.coverage (delivery);

create table node.near_duplicate (
    delivery bigint not null references node.delivery,
    register text not null,
    object text not null,
    record bigint not null,
    other bigint not null,
    likeness double precision not null,
    why text not null,
    judged text
);
comment on table node.near_duplicate is 'Pairs of records for a person to judge';
create index near_duplicate_delivery on node.near_duplicate (delivery);

create table node.worklist (
    id bigint generated always as identity primary key,
    register text not null,
    form text not null,
    locality text not null,
    hamlet text not null default '',
    made_at timestamptz not null,
    rules_version text not null,
    file_name text not null,
    sha256 text not null,
    findings bigint not null,
    returned_at timestamptz,
    returned_by text,
    returned_sha256 text
);
comment on table node.worklist is 'What one unit must repair, as it was handed out';

create table node.correction (
    id bigint generated always as identity primary key,
    worklist bigint references node.worklist,
    register text not null,
    object text not null,
    record bigint not null,
    field text not null,
    before text,
    after text,
    officer text not null,
    at timestamptz not null,
    evidence text not null default '',
    delivery bigint references node.delivery
);
comment on table node.correction is
'A value that an officer of the keeper changed or confirmed, with the evidence';
create index correction_record on node.correction (register, object, record);
