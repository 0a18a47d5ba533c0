-- One file may say that records stand and, handed in again, that they end: once for each.

drop index node.delivery_once;

create unique index delivery_once on node.delivery (register, sha256, scope)
where state in ('running', 'merged');
