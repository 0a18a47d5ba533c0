-- What the posteriors of a learned model are worth, counted when it was learned.
alter table node.link_model add column calibration text;
comment on column node.link_model.calibration is
'Labels of the register by what this model says of them (JSON); empty: none were counted';
