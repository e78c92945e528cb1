# Shared by the scripts beside it: where things are, and what they need. Source it from bash.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

fail() {
  printf '\n%s\n' "$@" >&2
  exit 1
}

# need COMMAND "how to get it"
need() {
  command -v "$1" >/dev/null || fail "Missing: $1. $2"
}

need_toolchains() {
  need cargo "Install Rust 1.95 or newer with rustup (https://rustup.rs)."
  need node "Install Node.js 20 or newer (https://nodejs.org)."
  need npm "It comes with Node.js (https://nodejs.org)."
}

# Installs the npm packages of a folder, unless what is there is what its lock file says.
npm_packages() {
  local stamp="$1/node_modules/.installed"
  cmp -s "$1/package-lock.json" "$stamp" && return
  npm ci --prefix "$1" --no-audit --no-fund --loglevel=error
  cp "$1/package-lock.json" "$stamp"
}

# Builds the pages, unless nothing they are made of is newer than they are.
build_pages() {
  npm_packages web
  if [ ! -e web/dist/.built ] || [ -n "$(find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -newer web/dist/.built -print -quit)" ]; then
    npm run --silent --prefix web build
    touch web/dist/.built
  fi
}

# Waits for a server, which says in a file that it listens on 127.0.0.1; sets url.
listening() {
  for _ in $(seq 400); do
    url=$(grep -om1 'http://127\.0\.0\.1:[0-9]*' "$1" 2>/dev/null) && return
    sleep 0.05
  done
  cat "$1" >&2
  fail "The server did not start."
}
