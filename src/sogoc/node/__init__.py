"""Everything wired, once."""
