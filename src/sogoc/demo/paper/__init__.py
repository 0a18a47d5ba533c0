"""Made-up sheets on paper that officers use: xlsx, the xls of old, ods, csv."""
