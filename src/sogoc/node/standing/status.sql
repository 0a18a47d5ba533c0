-- name: journal
-- Entries that are durable; how many of them the last checkpoint covers, and since when.
select
    coalesce((select max(size) from node.journal_head), 0) as entries,
    coalesce((select max(size) from node.journal_checkpoint), 0) as covered,
    (select max(signed_at) from node.journal_checkpoint) as signed_at;
