# Every command a newcomer needs. `make demo` and `make test` work in a fresh clone with an empty HOME (Debian 12, Python 3.11).

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
JOBS ?= auto
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --maxprocesses 4 --dist worksteal
LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --extra build --extra pkcs11

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo serve test quick check lint bench docs lock clean

help:            ## 列出全部命令 · list the commands
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: $(VENV)/ready-run        ## 准备运行环境（可重复执行） · everything needed to run
	@tools/setup.sh packages run

setup-dev: $(VENV)/ready-dev    ## 准备开发和测试环境 · everything needed to test
	@tools/setup.sh packages test

# A virtual environment that was moved, or whose Python has gone, is made anew.
$(VENV)/pyvenv.cfg: tools/setup.sh
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { python=$$(tools/setup.sh python) && $$python -m venv --clear $(VENV); }
	@touch $@

$(VENV)/ready-run: $(VENV)/pyvenv.cfg requirements.lock pyproject.toml setup.py
	@echo "正在安装运行所需的 Python 包（首次约需一两分钟） · installing what is needed to run"
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready-run requirements-dev.lock
	@echo "正在安装测试所需的 Python 包 · installing what is needed to test"
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

demo: setup      ## 演示：一个县的一年 · a year of a county, start to end
	@$(BIN)/yisong demo

serve: setup     ## 打开收件箱 · open the inbox
	@$(BIN)/yisong serve

test: setup-dev  ## 运行全部测试 · all tests
	@$(PYTEST)

quick: setup-dev ## 运行较快的测试 · the tests that take less than ten seconds each
	@$(PYTEST) -m "not slow"

lint: setup-dev  ## 静态检查 · style, types and floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint test ## 提交前的全部检查 · everything a change must pass

bench: setup-dev ## 测量，并与下限比较 · measure, each figure beside its floor
	@$(BIN)/python -m benchmarks

docs: setup-dev  ## 由表和规则重新生成文档 · write the generated pages anew
	@$(BIN)/yisong book --write docs
	@$(BIN)/python -m yisong.documents.gallery

lock: setup-dev  ## 重新锁定依赖版本 · pin the dependencies anew, with hashes
	@$(LOCK) --output-file requirements.lock pyproject.toml
	@$(LOCK) --extra dev --output-file requirements-dev.lock pyproject.toml

clean:           ## 删除运行数据和缓存（不删除虚拟环境） · remove what was written, but not the environment
	@rm -rf var build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
