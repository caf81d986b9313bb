"""A simulated CWork API (DNC, monitoring and production data of CNC machines), v1.0 to v1.16."""
