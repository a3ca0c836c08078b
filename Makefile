# One command for people and CI. Every step says what it does and how long it took.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check tools format lint doc rust-fast rust modules journeys api-cases api-fuzz qr-library

BEGAN := $(shell date +%s)
NEXTEST := $(shell cargo nextest --version >/dev/null 2>&1 && echo yes)
CARGO_TESTS := $(if $(NEXTEST),cargo nextest run --locked --no-fail-fast,cargo test --locked --no-fail-fast)
PACKAGES := end2end/node_modules/.package-lock.json
QR_LIBRARY := index.js decode.js LICENSE-MIT

# $(call step,what it is,commands)
define step
@printf '\n\033[1m== %s\033[0m\n' '$(1)'; began=$$SECONDS; $(2); printf '== %s: %s s\n' '$(1)' $$((SECONDS - began))
endef

help: ## Lists these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: ## Starts Postern at http://localhost:3000
	cargo run --locked

test: tools format lint rust modules journeys api-cases ## Everything that CI checks; installs what is missing
	@printf '\nAll green in %s s.\n' $$(($$(date +%s) - $(BEGAN)))

check: format lint doc rust-fast ## Format, lints, documentation and the tests that take seconds

# A fixed number of cases, the same every time: some 50 of each operation.
api-cases:
	$(call step,API cases,cargo build --locked; end2end/fuzz/run --seed 1 --max-examples 8)

api-fuzz: ## Asks every route for programs what its description allows, and what it does not
	$(call step,api-fuzz,cargo build --locked; end2end/fuzz/run)

qr-library: $(PACKAGES) ## Copies the QR library, at the version that end2end/package.json names, into public/
	$(call step,qr-library,for file in $(QR_LIBRARY); do cp end2end/node_modules/qr/$$file public/qr/vendor/; done)

# Command and Debian package, where they are not called the same.
TOOLS := redis-server redis-sentinel oathtool curl jq zbarimg:zbar-tools age qrencode node:nodejs npm chromium

tools:
	$(call step,tools,$(install_tools))

define install_tools
missing=(); for tool in $(TOOLS); do command -v "$${tool%%:*}" >/dev/null || missing+=("$${tool##*:}"); done; \
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv); \
if (($${#missing[@]})); then \
  echo "installing: $${missing[*]}"; \
  as_root=; ((EUID == 0)) || as_root='sudo -n'; \
  if command -v apt-get >/dev/null && $$as_root true 2>/dev/null; then \
    $$as_root apt-get update -qq; \
    for package in "$${missing[@]}"; do \
      $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$$package" >/dev/null \
        || echo "not installed: $$package"; \
    done; \
  else echo 'please install them yourself; tests that need them will fail'; fi; \
fi
endef

format:
	$(call step,format,cargo fmt --all --check)

lint:
	$(call step,lint,cargo clippy --locked --workspace --all-targets -- -D warnings)

doc:
	$(call step,documentation,RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps)

rust-fast:
	$(call step,fast Rust tests,$(CARGO_TESTS) -p postern-core -p postern-app; $(CARGO_TESTS) -p postern --lib --test config)

rust:
	$(call step,Rust tests,$(CARGO_TESTS) --workspace)

modules: $(PACKAGES)
	$(call step,browser modules,cd end2end; npm run --silent modules)

# What npm writes when it is done.
$(PACKAGES): end2end/package-lock.json
	$(call step,Node packages,cd end2end; PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error)

# The machine's Chromium if there is one, by the name CHROMIUM_PATH; else Playwright's own.
journeys: $(PACKAGES)
	$(call step,browser journeys,$(browse))

define browse
if [[ -f end2end/package.json ]]; then \
  cargo build --locked; \
  cd end2end; \
  if browser=$$(command -v chromium); then export CHROMIUM_PATH=$$browser; \
  else npx playwright install chromium; fi; \
  npm test; cd ..; \
else echo none; fi
endef
