-- Findings and answers of each register stand in a part of their own, so that a first delivery of
-- millions goes into a table that has no index yet and that nobody reads. That a delivery exists is
-- no longer asked for every row: the program writes only numbers it was given, and a delivery is
-- never deleted.
create sequence node.finding_number as bigint;
select setval('node.finding_number', coalesce(max(id), 0) + 1, false) from node.finding;

alter table node.finding rename to finding_before;
alter table node.verification rename to verification_before;

create table node.finding (
    like node.finding_before including comments,
    primary key (id, register)
) partition by list (register);
alter table node.finding alter column id set default nextval('node.finding_number');
alter table node.finding alter column person set default '';
alter table node.finding alter column state set default 'open';
alter table node.finding alter column state_before set default 'open';
alter table node.finding add check (state in ('open', 'in-work', 'done'));
comment on table node.finding is
'One rule broken by one record; opened by a delivery, closed by a delivery or an officer';
create index on node.finding (locality) where closed_at is null;
create index on node.finding (object, record);
-- Rows lie in the order of the deliveries that brought them.
create index on node.finding using brin (opened_by);
create index on node.finding (closed_by) where closed_by is not null;

create table node.verification (
    like node.verification_before including comments
) partition by list (register);
comment on table node.verification is
'The answer for one person of one record, and the answers believed before';
-- The number first: it tells records apart at once, the register is the same for a whole part.
create unique index on node.verification (record, person, object, register)
where believed_to is null;
create index on node.verification using brin (delivery);
create index on node.verification (ended_by) where ended_by is not null;

do $$
declare
    part record;
begin
    for part in
        select
            register,
            case
                when octet_length(register) > 40
                    then
                        left(register, 30) || '_'
                        || left(encode(sha256(convert_to(register, 'UTF8')), 'hex'), 8)
                else register
            end as name
        from (
            select register from node.finding_before
            union
            select register from node.verification_before
        ) as registers
    loop
        execute format(
            'create table node.%I partition of node.finding for values in (%L)',
            'finding__' || part.name, part.register
        );
        execute format(
            'create table node.%I partition of node.verification for values in (%L)',
            'verification__' || part.name, part.register
        );
    end loop;
end $$;
insert into node.finding (
    id, register, object, record, rule, person, field, locality, hamlet, "group",
    severity, criterion, flaw, came_as, proposal, opened_by, opened_at, due, state,
    state_before, closed_by, closed_at, closed_by_officer, outcome, evidence
)
select
    id,
    register,
    object,
    record,
    rule,
    person,
    field,
    locality,
    hamlet,
    "group",
    severity,
    criterion,
    flaw,
    came_as,
    proposal,
    opened_by,
    opened_at,
    due,
    state,
    state_before,
    closed_by,
    closed_at,
    closed_by_officer,
    outcome,
    evidence
from node.finding_before;
insert into node.verification (
    register, object, record, person, outcome, number, probability, differs, evidence,
    delivery, believed_from, believed_to, ended_by
)
select
    register,
    object,
    record,
    person,
    outcome,
    number,
    probability,
    differs,
    evidence,
    delivery,
    believed_from,
    believed_to,
    ended_by
from node.verification_before;
drop table node.finding_before;
drop table node.verification_before;

create function node.deliveries_stay() returns trigger language plpgsql as $$
begin
    raise exception 'a delivery is undone, never deleted';
end $$;
create trigger deliveries_stay before delete on node.delivery
for each row execute function node.deliveries_stay();
