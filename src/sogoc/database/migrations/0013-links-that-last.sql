-- Links that last: what ties a person of a record to the population keeps its number over runs, and
-- what happens to it can be read as events. And models of linking: learned, accepted, used.
create sequence node.link_number as bigint;

alter table node.verification add column link bigint;
comment on column node.verification.link is
'The number of what ties this person of this record to the population: the same in every answer';

with numbered as (
    select
        register,
        object,
        record,
        person,
        nextval('node.link_number') as link
    from (
        select distinct
            register,
            object,
            record,
            person
        from node.verification
        order by register, object, record, person
    ) as asked
)

update node.verification
set link = numbered.link
from numbered
where
    verification.register = numbered.register
    and verification.object = numbered.object
    and verification.record = numbered.record
    and verification.person = numbered.person;

-- Who else of the register means, or meant, the same person of the population.
create index on node.verification (number, register) where number is not null;
-- What was said of a record before.
create index on node.verification (record, register) where believed_to is not null;

create view node.link as
select
    link,
    register,
    object,
    record,
    person,
    number,
    outcome,
    delivery,
    ended_by,
    believed_from,
    believed_to
from node.verification
where
    number is not null
    and outcome in ('verified', 'differs', 'found', 'deceased');
comment on view node.link is
'Answers by which a person of a record is a person of the population; others only propose one';

create view node.link_change as
select
    come.register,
    come.delivery,
    come.believed_from as happened_at,
    come.link,
    come.object,
    come.record,
    come.person,
    gone.number as number_before,
    come.number as number_after
from node.link as come
left join node.link as gone
    on
        come.register = gone.register
        and come.link = gone.link
        and come.delivery = gone.ended_by
where gone.number is distinct from come.number
union all
select
    gone.register,
    gone.ended_by as delivery,
    gone.believed_to as happened_at,
    gone.link,
    gone.object,
    gone.record,
    gone.person,
    gone.number as number_before,
    null as number_after
from node.link as gone
left join node.link as come
    on
        gone.register = come.register
        and gone.link = come.link
        and gone.ended_by = come.delivery
where gone.ended_by is not null and come.link is null;
comment on view node.link_change is
'Each time a link began, moved to another person of the population, or ended';

create view node.link_event as
select
    change.register,
    change.delivery,
    change.happened_at,
    change.link,
    change.object,
    change.record,
    change.person,
    change.number_before,
    change.number_after,
    case
        when change.number_before is null then 'began'
        when change.number_after is null then 'ended'
        else 'moved'
    end as kind,
    case
        when change.number_before is not null
            then (
                select min(other.link) from node.link as other
                where
                    other.register = change.register
                    and other.number = change.number_after
                    and other.link <> change.link
                    and other.believed_from <= change.happened_at
                    and coalesce(other.believed_to > change.happened_at, true)
            )
    end as merged_with,
    case
        when change.number_after is not null
            then (
                select min(other.link) from node.link as other
                where
                    other.register = change.register
                    and other.number = change.number_before
                    and other.link <> change.link
                    and other.believed_from <= change.happened_at
                    and coalesce(other.believed_to > change.happened_at, true)
            )
    end as split_from
from node.link_change as change;
comment on view node.link_event is
'The same with what it did to others: records that came to mean one person, or no longer do';

create table node.link_model (
    register text not null,
    object text not null,
    version integer not null,
    sha256 text not null,
    text text not null,
    policy_version text not null,
    pairs bigint not null,
    judged bigint not null,
    learned_at timestamptz not null,
    learned_by text not null,
    accepted_at timestamptz,
    accepted_by text,
    accepted_why text not null default '',
    retired_at timestamptz,
    retired_by text,
    primary key (register, object, version)
);
comment on table node.link_model is
'Every model of linking that was learned, whole, so that a figure can be computed again';
comment on column node.link_model.accepted_at is
'Since then deliveries of the register are linked by it, until another is accepted or it goes';
create unique index link_model_used on node.link_model (register, object)
where accepted_at is not null and retired_at is null;
