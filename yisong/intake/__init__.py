"""Read ledgers and evidence packages (台账与证据包的接收); knows paper and spreadsheets, not cases."""
