"""Big tables: steps that are planned as SQL, and the engines that run them."""
