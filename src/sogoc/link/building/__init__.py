"""The population coded by compiled loops: the rows of `population_plan`, for a nation."""
