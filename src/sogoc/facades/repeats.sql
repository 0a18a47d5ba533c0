-- name: found
-- What came of a request of this mark that is in force.
select
    written.asked,
    written.object,
    written.records,
    delivery.merged_at
from node.written
inner join node.delivery on written.delivery = delivery.id
where written.mark = %(mark)s and delivery.state = 'merged';

-- name: keep
-- It was written; one that was taken back may be written again.
insert into node.written as known (mark, asked, delivery, object, records)
values (%(mark)s, %(asked)s, %(delivery)s, %(object)s, %(records)s)
on conflict (mark) do update
    set
        asked = excluded.asked,
        delivery = excluded.delivery,
        object = excluded.object,
        records = excluded.records;

-- name: forget
-- Nobody asks again after days.
delete from node.written
using node.delivery
where written.delivery = delivery.id and delivery.received_at < %(before)s;
