-- name: keep
-- A delivery is kept before anything is done with it.
insert into node.delivery (
    register, contract_version, form, file_name, sha256, bytes, kept_path,
    received_at, received_by, as_of, scope, state
) values (
    %(register)s, %(contract_version)s, %(form)s, %(file_name)s, %(sha256)s, %(bytes)s,
    %(kept_path)s, %(received_at)s, %(received_by)s, %(as_of)s, %(scope)s, 'kept'
) returning id;

-- name: begin
-- The stages work on it. One that died while running may begin again.
update node.delivery
set state = 'running', form = %(form)s
where id = %(id)s and state in ('kept', 'running');

-- name: merged
-- Its records are in the register, in the same transaction as this.
update node.delivery
set
    state = 'merged', merged_at = %(at)s, counts = %(counts)s,
    rules_version = %(rules_version)s, population_release = %(population_release)s
where id = %(id)s and state = 'running';

-- name: refused
-- It cannot be taken in; nothing of it is in the register.
update node.delivery
set state = 'refused', counts = %(counts)s
where id = %(id)s and state in ('kept', 'running');

-- name: undone
-- It was taken back; the register is as it was before.
update node.delivery
set state = 'undone', undone_at = %(at)s
where id = %(id)s and state = 'merged';

-- name: found
-- Deliveries by any of number, register, checksum, state and scope, newest first.
select
    id,
    register,
    contract_version,
    form,
    file_name,
    sha256,
    bytes,
    kept_path,
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
    (%(id)s::bigint is null or id = %(id)s)
    and (%(register)s::text is null or register = %(register)s)
    and (%(sha256)s::text is null or sha256 = %(sha256)s)
    and (%(state)s::text is null or state = %(state)s)
    and (%(scope)s::text is null or scope = %(scope)s)
order by id desc
limit %(at_most)s;

-- name: latest
-- The delivery that brought the register to where it stands.
select id from node.delivery
where register = %(register)s and state = 'merged'
order by merged_at desc, id desc
limit 1;

-- name: merged_later
-- Deliveries that stand on this one: of the same register, or verified against its persons.
select later.id
from node.delivery as one
inner join node.delivery as later on one.id <> later.id
where
    one.id = %(id)s
    and later.state = 'merged'
    and (
        later.population_release = one.id
        or (
            later.register = one.register
            and (later.merged_at, later.id) > (one.merged_at, one.id)
        )
    )
order by later.id;

-- name: keep_contract
-- A contract is kept whole when records are first merged under it.
insert into node.contract (register, version, sha256, text, kept_at)
values (%(register)s, %(version)s, %(sha256)s, %(text)s, %(at)s)
on conflict (register, version) do nothing;

-- name: contract_text
-- The contract that records were merged under, whole.
select text
from node.contract
where register = %(register)s and version = %(version)s;

-- name: kept_counts
-- What was counted for one delivery, whatever the weights: the ground of every score.
select
    name,
    locality,
    assessed,
    failed,
    unassessed
from node.score
where delivery = %(delivery)s and level = 'rule'
order by name, locality;
