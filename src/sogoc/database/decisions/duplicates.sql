-- name: search
-- A register was searched for persons entered twice.
insert into node.duplicate_search (
    register, object, made_at, made_by, policy_version, records, pairs, clusters
) values (
    %(register)s, %(object)s, %(at)s, %(officer)s, %(policy)s, %(records)s, %(pairs)s,
    %(clusters)s
) returning id;

-- name: pair
-- Two records that may be one person.
insert into node.duplicate (search, cluster, record, other, posterior, weight, evidence)
values (
    %(search)s, %(cluster)s, %(record)s, %(other)s, %(posterior)s, %(weight)s, %(evidence)s
);

-- name: newest
-- The last search of each object of a register.
select distinct on (object)
    id,
    register,
    object,
    made_at,
    made_by,
    policy_version,
    records,
    pairs,
    clusters
from node.duplicate_search
where register = %(register)s
order by object asc, id desc;

-- name: forget_older
-- Only the last search of an object is kept; what people decided stays.
delete from node.duplicate_search
where register = %(register)s and object = %(object)s and id < %(search)s;

-- name: pairs
-- Pairs of one search with what people decided about them, undecided first, by cluster.
select
    d.cluster,
    d.record,
    d.other,
    d.posterior,
    d.weight,
    d.evidence,
    j.decision,
    j.officer,
    j.decided_at,
    j.evidence as why
from node.duplicate as d
inner join node.duplicate_search as s on d.search = s.id
left join node.duplicate_judgement as j
    on
        s.register = j.register
        and s.object = j.object
        and d.record = j.record
        and d.other = j.other
        and j.withdrawn_at is null
where d.search = %(search)s
order by
    j.decision is not null asc, d.cluster asc, d.posterior desc, d.record asc, d.other asc
limit %(limit)s offset %(offset)s;

-- name: undecided
-- How many pairs of one search nobody has decided about.
select count(*) from node.duplicate as d
inner join node.duplicate_search as s on d.search = s.id
where
    d.search = %(search)s
    and not exists (
        select 1 from node.duplicate_judgement as j
        where
            j.register = s.register
            and j.object = s.object
            and j.record = d.record
            and j.other = d.other
            and j.withdrawn_at is null
    );

-- name: withdraw
-- A decision about two records counts no longer.
update node.duplicate_judgement
set withdrawn_at = %(at)s, withdrawn_by = %(officer)s
where
    register = %(register)s
    and object = %(object)s
    and record = %(record)s
    and other = %(other)s
    and withdrawn_at is null;

-- name: judge
-- What a person decided about two records; remembered over later searches.
insert into node.duplicate_judgement (
    register, object, record, other, decision, officer, decided_at, evidence
) values (
    %(register)s, %(object)s, %(record)s, %(other)s, %(decision)s, %(officer)s, %(at)s,
    %(evidence)s
);
