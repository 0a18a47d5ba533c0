"""SPDCI/DCI: search, subscribe and notify of civil and social registries."""
