"""What a register is: fields, kinds, keys, persons, rules, forms, freshness, legal ground."""
