"""What a node says of itself and others: metaservices of X-Road, catalogue of registers."""
