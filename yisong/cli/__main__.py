"""`python -m yisong.cli` (命令行), where the `yisong` command is not installed."""

from yisong.cli import main

if __name__ == "__main__":
    main()
