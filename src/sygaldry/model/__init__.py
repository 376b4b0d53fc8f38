"""Frozen values and enums that every room speaks; imports nothing of ours."""
