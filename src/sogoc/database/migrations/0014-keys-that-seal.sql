-- What packages for a member are sealed with, where an agent holds the key that signs.
alter table node.member_key add column sealing text;
comment on column node.member_key.sealing is
'X25519 in base64; null: packages are sealed for the X25519 form of the key itself';
