"""Tests with what others published on npm: audits, clients and gateways. They need Node.js and npm."""
