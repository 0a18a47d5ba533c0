"""Looking up what was asked: by key, by a search of the contract, since a release, by triple."""
