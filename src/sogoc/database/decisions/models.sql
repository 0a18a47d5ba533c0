-- name: keep
-- A model as the next version of its object.
insert into node.link_model (
    register, object, version, sha256, text, policy_version, pairs, judged,
    learned_at, learned_by
)
select
    %(register)s,
    %(object)s,
    coalesce(max(version), 0) + 1 as version,
    %(sha256)s,
    %(text)s,
    %(policy_version)s,
    %(pairs)s,
    %(judged)s,
    %(at)s,
    %(officer)s
from node.link_model
where register = %(register)s and object = %(object)s
returning version;

-- name: of
-- All models of a register, newest first.
select
    register,
    object,
    version,
    sha256,
    text,
    policy_version,
    pairs,
    judged,
    learned_at,
    learned_by,
    accepted_at,
    accepted_by,
    accepted_why,
    retired_at,
    retired_by,
    calibration
from node.link_model
where register = %(register)s
order by object asc, version desc;

-- name: label
-- What the posteriors of a model are worth on its register; counted once, after it was learned.
update node.link_model
set calibration = %(calibration)s
where
    register = %(register)s
    and object = %(object)s
    and version = %(version)s
    and calibration is null
    and accepted_at is null;

-- name: accept
-- A person lets deliveries be linked by it.
update node.link_model
set
    accepted_at = %(at)s,
    accepted_by = %(officer)s,
    accepted_why = %(why)s,
    retired_at = null,
    retired_by = null
where register = %(register)s and object = %(object)s and version = %(version)s;

-- name: retire
-- The model in use is used no longer.
update node.link_model
set retired_at = %(at)s, retired_by = %(officer)s
where
    register = %(register)s
    and object = %(object)s
    and accepted_at is not null
    and retired_at is null;
