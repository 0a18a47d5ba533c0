"""What each office delivers, register by register."""
