"""Yisong (移送): take the findings of joint inspections to the department answerable, and see them through."""
