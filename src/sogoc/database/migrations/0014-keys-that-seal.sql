-- What packages for a member are sealed with, where its signing key opens nothing (an agent holds it).
alter table node.member_key add column sealing text;
comment on column node.member_key.sealing is
'X25519 in base64; null: packages are sealed for the X25519 form of the key itself';
