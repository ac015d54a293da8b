"""The tests of Yisong; the tree mirrors the code."""
