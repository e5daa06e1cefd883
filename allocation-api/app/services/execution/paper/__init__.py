"""The paper broker: simulated trading over real prices, with the faults of a real broker on demand."""
