-- name: unfinished
-- A round of this register that was begun and never packed whole: the next goes on with it.
select number
from node.round
where register = %(register)s and state = 'opening'
order by number
limit 1;

-- name: begin
-- A round, before its list is packed.
insert into node.round (
    register, choice, service, fields, officer, issue, package, state, opened_at, opened_by
)
values (
    %(register)s, %(choice)s, %(service)s, %(fields)s, %(officer)s, %(issue)s, %(package)s,
    'opening', %(moment)s, %(opened_by)s
)
returning number;

-- name: begin_again
-- The same round with what is asked now.
update node.round
set
    choice = %(choice)s,
    service = %(service)s,
    fields = %(fields)s,
    officer = %(officer)s,
    issue = %(issue)s,
    package = %(package)s,
    opened_at = %(moment)s,
    opened_by = %(opened_by)s
where number = %(number)s and state = 'opening'
returning number;

-- name: forget
-- A round of which nothing was sent.
delete from node.round
where number = %(number)s and state = 'opening';

-- name: packed
-- Its package lies whole on the disk.
update node.round
set state = 'open', persons = %(persons)s, records = %(records)s
where number = %(number)s and state = 'opening';

-- name: sent
-- The other node has all of it, or the medium does.
update node.round
set state = 'sent', sent_at = coalesce(sent_at, %(moment)s), reason = ''
where number = %(number)s and state in ('open', 'sent', 'refused');

-- name: refused
-- The other node will not answer it.
update node.round
set state = 'refused', reason = %(reason)s
where number = %(number)s and state in ('open', 'sent', 'refused');

-- name: received
-- Its answer stands in the register.
update node.round
set
    state = 'received',
    sent_at = coalesce(sent_at, %(moment)s),
    received_at = %(moment)s,
    delivery = %(delivery)s,
    counts = %(counts)s
where number = %(number)s and state in ('open', 'sent');

-- name: rounds
-- Rounds of this node, newest first.
select
    number,
    register,
    choice,
    service,
    fields,
    officer,
    issue,
    package,
    state,
    persons,
    records,
    opened_at,
    sent_at,
    received_at,
    delivery,
    counts,
    reason
from node.round
where
    (%(number)s::bigint is null or number = %(number)s)
    and (%(register)s::text is null or register = %(register)s)
order by number desc;

-- name: take
-- A package of another member; one that came before stays as it is.
insert into node.round_taken (
    package, member, round, register, state, persons, "grant", ground, officer, issue, begun_at,
    reason
)
values (
    %(package)s, %(member)s, %(round)s, %(register)s, %(state)s, %(persons)s, %(held)s,
    %(ground)s, %(officer)s, %(issue)s, %(moment)s, %(reason)s
)
on conflict do nothing;

-- name: other_package
-- Whether this round of the member came before as another package.
select 1
from node.round_taken
where member = %(member)s and round = %(round)s and package <> %(package)s;

-- name: move
-- From one state to the next; nothing if it does not stand there.
update node.round_taken
set state = %(next_state)s
where package = %(package)s and state = %(earlier_state)s;

-- name: refuse_taken
-- It cannot be answered.
update node.round_taken
set state = 'refused', reason = %(reason)s
where package = %(package)s and state in ('coming', 'whole', 'linked');

-- name: journalled
-- So many entries are durable, with the entries themselves.
update node.round_taken
set journalled = %(journalled)s
where package = %(package)s and state = 'linked' and journalled < %(journalled)s;

-- name: answered
-- Its answer lies whole on the disk, and the journal holds everybody it is about.
update node.round_taken
set state = 'answered', answered_at = %(moment)s, answer = %(answer)s, counts = %(counts)s
where package = %(package)s and state = 'linked';

-- name: taken
-- Rounds of others, newest first.
select
    package,
    member,
    round,
    register,
    state,
    persons,
    "grant",
    ground,
    officer,
    issue,
    begun_at,
    answered_at,
    journalled,
    answer,
    counts,
    reason
from node.round_taken
where
    (%(package)s::text is null or package = %(package)s)
    and (%(state)s::text[] is null or state = any(%(state)s))
order by begun_at desc, package asc;
