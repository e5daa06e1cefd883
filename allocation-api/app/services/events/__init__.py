"""Events of market data and portfolios, by whichever door they come, and the recalculations that follow.

Every door stores events in one table (transactional inbox), each once. The leader processes them in their
order and asks for recalculations as jobs. All of it is in the database: a restart loses nothing.
"""
