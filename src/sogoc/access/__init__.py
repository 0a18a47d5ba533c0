"""Who may ask for what, and the journal that proves who did."""
