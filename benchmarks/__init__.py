"""What is measured (测量), each figure beside its floor or a peer in the same run: `make bench`, or one file as a module."""
