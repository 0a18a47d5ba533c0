-- What officers answered, one row an answer, so that a return can be taken back exactly.
create table node.answer (
    delivery bigint not null references node.delivery,
    finding bigint not null,
    officer text not null,
    at timestamptz not null,
    outcome text not null,
    evidence text not null default '',
    state_before text not null,
    outcome_before text,
    evidence_before text
);
comment on table node.answer is
'What an officer said of one finding on a returned worklist, and how the finding stood before';
create index answer_delivery on node.answer (delivery);
create index answer_finding on node.answer (finding);

create table node.worklist_return (
    worklist bigint not null references node.worklist,
    delivery bigint not null references node.delivery,
    returned_at timestamptz not null,
    returned_by text not null,
    sha256 text not null
);
comment on table node.worklist_return is
'Each time a worklist came back; the file stands under its delivery';
create index worklist_return_worklist on node.worklist_return (worklist);
create index worklist_return_delivery on node.worklist_return (delivery);
create index correction_delivery on node.correction (delivery);
