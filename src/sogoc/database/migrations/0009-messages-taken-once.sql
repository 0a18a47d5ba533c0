-- What the worker processes of one node share: messages taken, and how much may still be asked.

-- A message is taken once, by whichever worker: its mark is kept in the transaction that journals
-- it.
create table node.message_taken (
    mark uuid primary key,
    until timestamptz not null
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- Questions left to each grant. Not logged: after a crash every grant begins anew with those of one
-- minute.
create unlogged table node.rate_left (
    grant_id text primary key,
    tokens double precision not null,
    since timestamptz not null
) with (fillfactor = 50);
