"""What `sogoc bench` runs: phases measured one by one, and links judged by a truth."""
