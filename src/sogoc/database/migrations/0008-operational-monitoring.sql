-- One record a request, in the form of X-Road's operational monitoring; bounded, no person's data.

create table node.monitoring (
    number bigint generated always as identity primary key,
    at timestamptz not null,
    client text not null,
    detail text,
    record jsonb not null
);
comment on table node.monitoring is
'What the node was asked, by whom and how it went; the oldest go first';
comment on column node.monitoring.client is
'The asking subsystem, once it was believed; else empty';
comment on column node.monitoring.detail is
'The id that a refusal named to whoever asked, to look it up here';
create index monitoring_at on node.monitoring (at);
create index monitoring_detail on node.monitoring (detail) where detail is not null;
