-- name: registers
-- What the node holds of each register: its last delivery in force and its open findings.
select
    d.register,
    d.id as delivery,
    d.merged_at,
    d.as_of,
    s.dqi,
    coalesce(s.colour, '') as colour,
    (
        select count(*) from node.finding as f
        where f.register = d.register and f.closed_at is null
    ) as findings
from node.delivery as d
left join node.score as s
    on
        d.id = s.delivery
        and s.level = 'register'
        and s.locality = ''
        and s.criterion = ''
where
    d.state = 'merged'
    and d.id = (
        select max(l.id) from node.delivery as l
        where
            l.register = d.register
            and l.state = 'merged'
            and l.scope = 'places'
    )
order by d.register;

-- name: deliveries
-- The newest deliveries, of one register or of all.
select
    id,
    register,
    contract_version,
    form,
    file_name,
    sha256,
    bytes,
    received_at,
    received_by,
    as_of,
    scope,
    state,
    rules_version,
    population_release,
    counts,
    merged_at,
    undone_at
from node.delivery
where
    (%(register)s::text is null or register = %(register)s)
    and (%(id)s::bigint is null or id = %(id)s)
    and (%(scope)s::text is null or scope = %(scope)s)
order by id desc
limit %(limit)s;

-- name: scores
-- Every score of one delivery at one level, for one locality or for each.
select
    level,
    name,
    criterion,
    locality,
    assessed,
    failed,
    unassessed,
    dqi,
    colour
from node.score
where
    delivery = %(delivery)s
    and level = %(level)s
    and (%(locality)s::text is null or locality = %(locality)s)
order by failed desc, name asc, criterion asc, locality asc;

-- name: trend
-- The score of a register after each delivery that is in force.
select
    s.delivery,
    s.rules_version,
    s.dqi,
    s.colour,
    d.as_of
from node.score as s
inner join node.delivery as d on s.delivery = d.id
where
    s.register = %(register)s
    and s.level = 'register'
    and s.locality = ''
    and s.criterion = ''
    and d.state = 'merged'
order by s.delivery;

-- name: groups
-- Records in groups 1, 2 and 3 after one delivery, with the reason, over all localities.
select
    g.object,
    g."group",
    g.reason,
    sum(g.records)::bigint as records
from node.record_group as g
where g.delivery = %(delivery)s and g.locality = ''
group by g.object, g."group", g.reason
order by g.object asc, g."group" asc, records desc, g.reason asc;

-- name: places
-- Records of each object by group for each locality after one delivery.
select
    g.object,
    g.locality,
    sum(g.records)::bigint as records,
    sum(case when g."group" = 1 then g.records else 0 end)::bigint as group_1,
    sum(case when g."group" = 2 then g.records else 0 end)::bigint as group_2,
    sum(case when g."group" = 3 then g.records else 0 end)::bigint as group_3
from node.record_group as g
where g.delivery = %(delivery)s and length(g.locality) = 5
group by g.object, g.locality
order by g.locality asc, g.object asc;

-- name: failures_by_place
-- Broken rules for each locality after one delivery.
select
    locality,
    sum(failed)::bigint as failed
from node.score
where delivery = %(delivery)s and level = 'rule' and locality <> ''
group by locality
order by failed desc, locality asc;

-- name: outcomes
-- What became of the persons of a register when they were looked up, as believed now.
select
    object,
    outcome,
    count(*) as persons,
    count(distinct record) as records
from node.verification
where register = %(register)s and believed_to is null
group by object, outcome
order by object asc, persons desc, outcome asc;

-- name: to_hand_out
-- Open findings for each commune and hamlet.
select
    coalesce(locality, '') as locality,
    coalesce(hamlet, '') as hamlet,
    count(*) as findings,
    count(distinct object || '/' || record) as records,
    min(due) as due
from node.finding
where register = %(register)s and closed_at is null
group by coalesce(locality, ''), coalesce(hamlet, '')
order by findings desc, locality asc, hamlet asc;

-- name: worklists
-- Worklists already made, newest first.
select
    id,
    register,
    form,
    locality,
    hamlet,
    made_at,
    rules_version,
    file_name,
    findings,
    returned_at,
    returned_by
from node.worklist
where
    (%(register)s::text is null or register = %(register)s)
    and (%(id)s::bigint is null or id = %(id)s)
order by id desc
limit %(limit)s;

-- name: findings
-- Findings that fit the filters, one page.
select
    id,
    object,
    record,
    rule,
    person,
    field,
    coalesce(locality, '') as locality,
    coalesce(hamlet, '') as hamlet,
    severity,
    criterion,
    flaw,
    came_as,
    proposal,
    opened_by,
    due,
    state,
    closed_at,
    closed_by,
    closed_by_officer,
    outcome,
    evidence
from node.finding
where
    register = %(register)s
    and (%(object)s::text is null or object = %(object)s)
    and (%(record)s::bigint is null or record = %(record)s)
    and (%(rule)s::text is null or rule = %(rule)s)
    and (%(localities)s::text[] is null or locality = any(%(localities)s))
    and (%(hamlet)s::text is null or hamlet = %(hamlet)s)
    and (%(state)s::text is null or (closed_at is null) = (%(state)s = 'open'))
order by object, record, id
limit %(limit)s offset %(offset)s;

-- name: count_findings
-- How many findings fit the filters.
select count(*)
from node.finding
where
    register = %(register)s
    and (%(object)s::text is null or object = %(object)s)
    and (%(rule)s::text is null or rule = %(rule)s)
    and (%(localities)s::text[] is null or locality = any(%(localities)s))
    and (%(hamlet)s::text is null or hamlet = %(hamlet)s)
    and (%(state)s::text is null or (closed_at is null) = (%(state)s = 'open'));

-- name: verifications
-- The answers for the persons of one record, newest first.
select
    person,
    outcome,
    number,
    probability,
    differs,
    evidence,
    delivery,
    believed_from,
    believed_to
from node.verification
where register = %(register)s and object = %(object)s and record = %(record)s
order by person asc, believed_from desc;

-- name: corrections
-- Values of one record that officers changed or confirmed.
select
    field,
    before,
    after,
    officer,
    at,
    evidence
from node.correction
where register = %(register)s and object = %(object)s and record = %(record)s
order by at desc, id desc;

-- name: near_duplicates
-- Pairs of records that are much alike, one page.
select
    object,
    record,
    other,
    likeness,
    why,
    judged
from node.near_duplicate
where delivery = %(delivery)s
order by likeness desc, object asc, record asc, other asc
limit %(limit)s offset %(offset)s;

-- name: count_near_duplicates
-- How many pairs one delivery left to judge.
select count(*) from node.near_duplicate
where delivery = %(delivery)s;

-- name: coverage
-- Objects that should be there against those that are.
select
    object,
    rule,
    locality,
    expected,
    present
from node.coverage
where delivery = %(delivery)s
order by rule, locality;
