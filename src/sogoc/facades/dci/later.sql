-- name: keep
-- A question that will be answered by a call-back.
insert into node.later_answer (
    client, register, action, transaction_id, correlation_id, reference_ids, request, callback,
    state, received_at, next_at
)
values (
    %(client)s, %(register)s, %(action)s, %(transaction_id)s, %(correlation_id)s,
    %(reference_ids)s, %(request)s, %(callback)s, 'rcvd', %(now)s, %(now)s
);

-- name: due
-- Questions whose turn it is, lent to whoever asks until a moment; one of each client.
update node.later_answer
set next_at = %(lent_until)s, state = 'pdng'
where
    id in (
        select later_answer.id
        from node.later_answer
        where
            later_answer.state in ('rcvd', 'pdng')
            and later_answer.next_at <= %(now)s
            and not later_answer.client = any(%(busy)s)
        order by later_answer.next_at, later_answer.id
        limit %(most)s
        for update skip locked
    )
returning
    id,
    client,
    register,
    action,
    transaction_id,
    correlation_id,
    request,
    callback,
    failures;

-- name: later
-- It could not be told; it is tried again at that moment.
update node.later_answer
set failures = failures + 1, next_at = %(next_at)s
where id = %(id)s;

-- name: settle
-- It was told, or given up: what was asked is forgotten.
update node.later_answer
set state = %(state)s, outcome = %(outcome)s, request = null
where id = %(id)s;

-- name: status
-- What became of questions of a client.
select
    transaction_id,
    correlation_id,
    action,
    state,
    outcome,
    reference_ids
from node.later_answer
where
    client = %(client)s
    and register = %(register)s
    and action = %(action)s
    and (%(transaction_id)s::text is null or transaction_id = %(transaction_id)s)
    and (%(correlation_id)s::text is null or correlation_id = %(correlation_id)s)
    and (%(reference_ids)s::text[] is null or reference_ids && %(reference_ids)s)
order by id desc
limit 1;
