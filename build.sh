#!/usr/bin/env bash
# The only script. ./build.sh without a command says what there is.
set -euo pipefail
cd "$(dirname "$0")"

# Pinned: the Go version stands in go.mod, Go modules in go.sum.
# For `test`: what it runs, and the apt packages with it, installed on Debian as root when one is missing.
browser_programs="chromium chromedriver firefox-esr WebKitWebDriver Xvfb hugo"
browser_packages="chromium chromium-driver firefox-esr webkit2gtk-driver xvfb hugo"
load_packages="nginx-light caddy wrk" # the same for `bench-host`

usage() {
  cat <<'TEXT'
./build.sh COMMAND
  serve [FLAGS]   build everything and serve the demo site (flags of the host: -addr ADDRESS, -dir FOLDER)
  app DIR [OUT]   build the main package in DIR with the runtime into OUT (DIR/tabstate), for a page of your own
  build           build the runtime into host/dist, fail when it is over the size budget; needs Go alone
  test [ENGINES]  install the browsers and hugo if they are missing, build, check, run all tests, in "chromium firefox webkit" or those given
  worker [FLAGS]  make what is deployed to Cloudflare Workers in host/worker/dist (flags: -dir FOLDER, -csp, -embed, -inject)
  worker-dev      the same, and run it here; needs npm
  bench [quick]   measure beside other libraries in Chromium, half an hour, or what matters most in 2 minutes; needs npm
                  (flags of host/bench: -part PARTS, -peers NAMES, -rounds N, -engine NAME, -add, -record)
  bench-host      measure the host beside nginx and caddy; needs these and wrk
  size [--check]  say how large the runtime is and why; --check only says whether the budget is kept
  soak [TIME]     random use in every browser engine for the time given, 10m if none; what happened goes to .build/outcomes.md
  fuzz [TIME]     every fuzz target for the time given, 10s if none
  check           gofmt, vet for both platforms, import rules
  clean           remove what was built
TEXT
}

build() {
  go run ./host -build wasm -js js -out host/dist "$@"
}

app() {
  [ $# -ge 1 ] || { usage >&2; exit 2; }
  go run ./host -build "$1" -out "${2:-$1/tabstate}"
}

# The demos in Go have a module each, which the host finds in host/dist/go/NAME.
demos() {
  for main in static/go/*/main.go; do
    demo=$(dirname "$main")
    go run ./host -quick -build "$demo" -out "host/dist/go/$(basename "$demo")"
  done
}

serve() {
  build
  demos
  # The program itself, not `go run`: that one would not pass SIGTERM on.
  go build -o .build/host ./host
  exec .build/host "$@"
}

# What deploys it is wrangler, installed in host/worker.
worker() {
  build
  go run ./host -worker "$@"
}

worker_packages() {
  npm ci --prefix host/worker --ignore-scripts --no-audit --no-fund --silent
}

worker_dev() {
  worker "$@"
  worker_packages
  cd host/worker
  # On this machine alone: it asks nobody for anything.
  export WRANGLER_SEND_METRICS=false WRANGLER_SEND_ERROR_REPORTS=false CLOUDFLARE_CF_FETCH_ENABLED=false
  exec node node_modules/wrangler/bin/wrangler.js dev
}

size() {
  case "${1:-}" in
    "") go run ./host -size ;;
    --check) go run ./host -size -check ;;
    *) usage >&2; exit 2 ;;
  esac
}

check() {
  unformatted=$(gofmt -l .)
  if [ -n "$unformatted" ]; then
    printf 'not formatted by gofmt:\n%s\n' "$unformatted" >&2
    exit 1
  fi
  go vet ./...
  GOOS=js GOARCH=wasm go vet ./wasm/... ./static/... ./host/worker
  go test ./wasm
}

# Every fuzz target for the time given, one on each processor at a time.
fuzz() {
  time=${1:-10s}
  for package in $(go list ./wasm/... ./host/...); do
    go test -list '^Fuzz' "$package" | sed -n "s|^Fuzz.*|$package &|p"
  done | FUZZTIME=$time xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 "$BASH" -euo pipefail -c '
    if ! found=$(go test -run "^\$" -fuzz "^$1\$" -fuzztime "$FUZZTIME" -fuzzminimizetime 200x -parallel 1 "$0" 2>&1); then
      printf "%s\n" "$found" >&2
      exit 255 # ends the others, too
    fi
    printf "%s: %s\n" "$1" "$(printf "%s\n" "$found" | grep "^fuzz: elapsed" | tail -n 1)"'
}

# Without a browser its tests are skipped, and fail where CI is set.
browser() {
  missing=
  for program in $browser_programs; do
    command -v "$program" >/dev/null || missing="$missing $program"
  done
  if [ -z "$missing" ]; then return; fi
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo "not here, and no apt as root to install it:$missing" >&2
    return
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of names
  apt-get install -y -qq --no-install-recommends $browser_packages
}

# What the JavaScript tests need: TypeScript, and the validators that are held against ours. And wrangler with workerd.
packages() {
  npm ci --prefix js --no-audit --no-fund --silent
  worker_packages
}

# In every browser engine, or, to be quick, in those named alone: ./build.sh test "firefox webkit"
tests() {
  export TABSTATE_ENGINES=${1:-chromium firefox webkit}
  browser
  packages
  build
  check
  go test -timeout 14m ./... # three browsers on a slow machine take more than the usual ten
  fuzz 10s
  size --check
}

# Random use against a model, in every engine at once.
soak() {
  browser
  TABSTATE_SOAK=${1:-10m} go test -count=1 -timeout 0 -run '^TestSoak$' -v .
  cat .build/outcomes.md
}

bench() {
  browser
  go run ./host -build wasm -js js -out host/dist
  npm ci --prefix js/bench --no-audit --no-fund --silent
  if [ "${1:-}" = quick ]; then
    shift
    set -- -quick "$@"
  fi
  go test -run '^$' -bench Speed -benchtime 1x -timeout 0 ./host/bench "$@"
}

# What is installed is not started: RUNLEVEL keeps Debian's scripts from that.
bench_host() {
  if ! command -v nginx >/dev/null || ! command -v wrk >/dev/null; then
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of names
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $load_packages
  fi
  build
  go test -count=1 -run '^$' -bench Beside -benchtime 1x ./host/load
}

clean() {
  rm -rf .build host/worker/dist host/worker/.wrangler
  find host/dist -type f ! -name .placeholder -delete
  rm -rf js/runtime.js js/tabstate.*.wasm static/go/*/tabstate
}

command=${1:-}
[ $# -eq 0 ] || shift
case "$command" in
  serve) serve "$@" ;;
  app) app "$@" ;;
  build) build -check ;;
  test) tests "$@" ;;
  size) size "$@" ;;
  worker) worker "$@" ;;
  worker-dev) worker_dev "$@" ;;
  bench) bench "$@" ;;
  soak) soak "$@" ;;
  bench-host) bench_host ;;
  fuzz) fuzz "$@" ;;
  check) check ;;
  clean) clean ;;
  "" | help | -h | --help) usage ;;
  *) usage >&2; exit 2 ;;
esac
