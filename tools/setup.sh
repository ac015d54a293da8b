#!/usr/bin/env bash
# Make ready what pip cannot bring: the interpreter and Debian's packages (系统软件包).
#
#   tools/setup.sh python          print the path of a Python 3.11 or 3.12 that can make a virtual environment
#   tools/setup.sh packages run    what letters need (make demo, make serve)
#   tools/setup.sh packages test   that, and what the tests need (make test)
#
# Missing packages are named with their purpose and installed as root or by `sudo -n`; where neither is possible, the command to
# give to an administrator is printed, and the exit code is 1.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

has_library() { { /sbin/ldconfig -p 2>/dev/null || ldconfig -p; } | grep -F "$1" >/dev/null; }
has_command() { command -v "$1" >/dev/null 2>&1; }
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || has_command initdb; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

can_install() {
    has_command apt-get && { [ "$(id -u)" = 0 ] || { has_command sudo && sudo -n true 2>/dev/null; }; }
}

# install PACKAGE...: quietly, with the package lists fetched only where they are missing or out of date
install() {
    local log
    log=$(mktemp)
    if as_root apt-get install -y -q --no-install-recommends "$@" >"$log" 2>&1 ||
        { as_root apt-get update -q >>"$log" 2>&1 && as_root apt-get install -y -q --no-install-recommends "$@" >>"$log" 2>&1; }; then
        rm -f "$log"
        return 0
    fi
    tail -n 15 "$log" >&2
    rm -f "$log"
    return 1
}

# bring PACKAGE...: install, or say what an administrator has to do
bring() {
    if can_install; then
        say "正在用 apt-get 安装 / installing: $*"
        install "$@" && return 0
    fi
    say ""
    say "无法自动安装上述软件包（需要 root 或免密 sudo，以及可用的软件源）。请管理员执行："
    say "These packages could not be installed (root or password-less sudo, and a package source, are needed). Please have run:"
    say "    apt-get update && apt-get install -y --no-install-recommends $*"
    return 1
}

# --- the packages: need NAME PURPOSE-ZH PURPOSE-EN PROBE... -----------------------------------------------------------------

missing=()
need() {
    local name=$1 chinese=$2 english=$3
    shift 3
    "$@" && return 0
    missing+=("$name")
    say "缺少 / missing: $name — $chinese / $english"
}

packages() {
    need libpangoft2-1.0-0 "生成 PDF 文书时排版文字" "sets the text of PDF letters" has_library libpangoft2-1.0.so.0
    need libharfbuzz-subset0 "在 PDF 中只嵌入用到的字形，否则一页要十几秒" "embeds only the glyphs in use; without it a page takes ten seconds" \
        has_library libharfbuzz-subset.so.0
    if [ "$1" = test ]; then
        need postgresql "测试在 SQLite 和 PostgreSQL 上各运行一遍" "the tests run on SQLite and on PostgreSQL" has_postgres
        need chromium "测试在无界面浏览器中打开网页" "the tests open the pages in a headless browser" has_command chromium
        need libatomic1 "驱动浏览器的程序需要它" "what drives the browser is linked with it" has_library libatomic.so.1
        need softhsm2 "测试用软件令牌试验令牌签章" "the tests seal by a PKCS#11 token in software" has_command softhsm2-util
        need poppler-utils "测试从 PDF 中取出文字和图像" "the tests read text and pictures out of PDFs" has_command pdftotext
    fi
    [ ${#missing[@]} = 0 ] || bring "${missing[@]}"
}

# --- the interpreter --------------------------------------------------------------------------------------------------------

fits() { "$1" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1; }
makes_environments() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    local name
    for name in ${PYTHON:-} python3.11 python3 python3.12 /usr/bin/python3.11 /usr/bin/python3; do
        if has_command "$name" && fits "$name" && makes_environments "$name"; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

python() {
    find_python && return 0
    local found=python3.11
    if has_command python3.12 && fits python3.12 && ! has_command python3.11; then found=python3.12; fi
    say "缺少 / missing: $found $found-venv — 运行本系统的 Python 3.11 或 3.12，及其虚拟环境 / Python 3.11 or 3.12 with virtual environments"
    bring "$found" "$found-venv" || return 1
    find_python && return 0
    say "安装后仍找不到可用的 Python；请用 PYTHON=/路径/python3.11 指明。/ Still no usable Python; name one with PYTHON=/path/python3.11."
    return 1
}

case "${1:-} ${2:-}" in
"python ") python ;;
"packages run" | "packages test") packages "$2" ;;
*)
    say "usage: tools/setup.sh python | packages run | packages test"
    exit 2
    ;;
esac
