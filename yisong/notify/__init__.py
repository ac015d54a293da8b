"""Say something to somebody outside (通知): knows messages and channels, and nothing of cases."""
