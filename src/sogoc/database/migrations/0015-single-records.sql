-- A delivery may speak for single records alone, and a write by a façade is such a delivery.
alter table node.delivery
add column scope text not null default 'places'
check (scope in ('places', 'records', 'endings'));
comment on column node.delivery.scope is
'For what it speaks: the places it brings, the records in it alone, or records that end';
-- Returned worklists and judgements always spoke for their records alone.
update node.delivery set scope = 'records'
where form in ('worklist', 'judgement');
create index delivery_of_places on node.delivery (register, id) where scope = 'places';

create table node.written (
    mark uuid primary key,
    asked uuid not null,
    delivery bigint not null references node.delivery,
    object text not null,
    records bigint[] not null
);
comment on table node.written is
'Writes by a façade, by caller and request: who asks again is told the same, and nothing twice';
comment on column node.written.asked is 'A checksum of what was to be written';
create index written_delivery on node.written (delivery);
