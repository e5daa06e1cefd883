"""What the desk and Aladdin know of accounts: groups, reference data, positions and cash."""
