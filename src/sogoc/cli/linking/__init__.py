"""Commands of `sogoc link` that meet the world outside: models of Splink, files of truth."""
