# Builds, tests and installs vaec. Each target says what it does; `make` alone builds.

PREFIX ?= /usr/local
DESTDIR ?=

# The program carries the Swift runtime where the toolchain has it to be linked statically, as on Linux.
RUNTIME := $(shell swift -print-target-info 2>/dev/null | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
STATIC := $(if $(wildcard $(RUNTIME)_static/linux),--static-swift-stdlib)
BUILD = swift build -c release --product vaec $(STATIC)
VAEC = $(CURDIR)/.build/release/vaec
MAN1 = $(wildcard man/*.1)
MAN5 = $(wildcard man/*.5)

.PHONY: build libvaec wheel deb python packages deps deps-test demo doc check test test-long machines reader cases browser faults threads sanitize fuzz fuzzer \
  bench bench-rate bench-files bench-speed lint install uninstall clean

# The program, optimized.
build: deps
	@test -d .build/release || echo "The first build takes 3 to 6 minutes; later ones take less."
	$(BUILD)

# libvaec for C (include/vaec.h) and Python, in .build/libvaec.
libvaec: deps
	Bindings/libvaec .build/libvaec

LIBVAEC = $(firstword $(wildcard .build/libvaec/libvaec.dylib) .build/libvaec/libvaec.so)

# A wheel with library and program, in .build/wheel.
wheel: build libvaec
	Bindings/wheel "$(VAEC)" "$(LIBVAEC)" .build/wheel

# A Debian package with program, pages, completions, library and header, in .build/deb.
deb: build libvaec
	Bindings/deb "$(VAEC)" "$(LIBVAEC)" .build/deb

# The headers of zstd, zlib and libcrypto, installed where they are missing.
HEADERS = \#include <zstd.h>\n\#include <zlib.h>\n\#include <openssl/evp.h>\n
PACKAGES = libzstd-dev zlib1g-dev libssl-dev
deps:
	@if printf '$(HEADERS)' | clang -E - >/dev/null 2>&1 \
	  || pkg-config --exists libzstd zlib libcrypto 2>/dev/null; then exit 0; fi; \
	if test "$$(id -u)" = 0; then root=; else root=sudo; fi; \
	if command -v apt-get >/dev/null && test -n "$$root" && test -t 0; then \
	  printf 'Installing $(PACKAGES) takes sudo. Go on? [y/N] '; read -r answer; \
	  case "$$answer" in [yY]*) ;; *) echo "Install $(PACKAGES), and run make again." >&2; exit 1 ;; esac; \
	fi; \
	if command -v apt-get >/dev/null; then \
	  echo "Installing $(PACKAGES) with apt-get $${root:+(through sudo)}"; \
	  $$root apt-get update -q && $$root apt-get install -y -q --no-install-recommends $(PACKAGES); \
	elif command -v brew >/dev/null; then \
	  echo "Installing zstd and zlib with brew"; \
	  brew install zstd zlib; \
	else \
	  echo "The headers of zstd, zlib and OpenSSL are missing: install them ($(PACKAGES))." >&2; exit 1; \
	fi

# Fits a model to handwritten digits, and encodes others at three qualities. Its files are in demo/.
demo: build
	@mkdir -p demo
	$(VAEC) fit -f Fixtures/digits-fit.npy -o demo/digits.vae
	@for q in 20 50 80; do \
	  echo; echo "Quality $$q:"; \
	  $(VAEC) encode -f -m demo/digits.vae -q $$q Fixtures/digits-new.npy -o demo/digits-new-q$$q.npy.vaec && \
	  $(VAEC) decode -f -m demo/digits.vae demo/digits-new-q$$q.npy.vaec && \
	  $(VAEC) test demo/digits-new-q$$q.npy.vaec || exit 1; \
	done
	@echo
	$(VAEC) eval -m demo/digits.vae Fixtures/digits-new.npy --every 10

# Checks, from seconds to hours: `check` after each edit, `test` before each commit that leaves the machine, `test-long`
# before a release. None depends on the clock: what runs is decided by the target and by the tools that are installed.

# Tests are built optimized, because fits and searches take too long otherwise.
CHECKED = -c release -Xswiftc -enable-testing -Xswiftc -warnings-as-errors
TESTING = $(CHECKED) --scratch-path .build/testing --enable-code-coverage
TESTED = $(CURDIR)/.build/testing/release
# The program as checks outside of the tests run it: nothing is counted.
PROGRAM = LLVM_PROFILE_FILE=/dev/null VAEC_BINARY="$(TESTED)/vaec"
# The output of targets that run at once stays together, where make can.
SYNCED = $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

# The style, the arrows between modules, and all tests that take seconds: less than two minutes after an edit. It builds
# file by file, which the gate does not, and is optimized all the same.
CHECKING = -Xswiftc -warnings-as-errors -Xswiftc -O -Xcc -O2 --scratch-path .build/check
check: deps lint
	swift build --build-tests $(CHECKING)
	VAEC_BINARY="$(CURDIR)/.build/check/debug/vaec" swift test --skip-build $(CHECKING) --skip '$(SLOW)'

# What starts many processes, fits many models, or reads many damaged files is left to the gate.
SLOW = CommandTests|ExampleTests|FuzzTests|PackTests|CheckpointTests

# The gate. What a machine lacks the tools for is named in the last line.
test: deps lint
	swift build --build-tests $(TESTING)
	rm -rf "$(TESTED)/codecov"
	VAEC_BINARY="$(TESTED)/vaec" swift test --skip-build $(TESTING)
	@rm -f "$(TESTED)"/codecov/*.profraw
	Tests/Coverage/run "$(TESTED)"
	$(MAKE) -j2 $(SYNCED) machines reader cases browser faults python packages fuzz SECONDS=3
	@Tests/Tools/skipped

# The gate, and what takes hours: a million values of each type and 12,000 random arrays through the program, an input of
# 5 GiB, all tests under sanitizers, and fuzzers for a while.
test-long: test
	LLVM_PROFILE_FILE=/dev/null VAEC_LONG=1 VAEC_BINARY="$(TESTED)/vaec" \
	  swift test --skip-build $(TESTING) --filter 'CommandTests.(RandomArrayTests|GuaranteeTests)'
	FAULTS=all $(PROGRAM) Tests/Faults/run largeInput
	$(MAKE) sanitize
	$(MAKE) fuzz SECONDS=300

# What the checks need beside Swift, installed where it is missing.
deps-test: deps
	@Tests/Tools/install

# The bits that decoders compute, by each kind of instructions, and on AArch64 under qemu-user.
machines:
	Tests/Machines/run

# Streams, decoded by a reader in Python that knows vaec(5) alone.
reader:
	$(PROGRAM) Tests/Reader/run

# Inputs that tools like this broke on.
cases:
	$(PROGRAM) Tests/Cases/run

# Reports in a browser.
browser:
	$(PROGRAM) Tests/Browser/run

# libvaec from C, under AddressSanitizer, and from Python.
TESTED_LIBRARY = $(firstword $(wildcard $(TESTED)/libVaecLibrary.dylib) $(TESTED)/libVaecLibrary.so)
python:
	$(PROGRAM) VAEC_LIBRARY="$(TESTED_LIBRARY)" Bindings/check

# The wheel and the Debian package, made of what is tested, and installed in a root of their own.
packages:
	$(PROGRAM) VAEC_LIBRARY="$(TESTED_LIBRARY)" Tests/Packages/run

# Faults around the program.
faults:
	@if Tests/Tools/has python3; then $(PROGRAM) Tests/Faults/run; else echo "faults: skipped, Python is missing"; fi

# All tests under AddressSanitizer, then under ThreadSanitizer: an hour or more. `make threads` runs what threads share.
sanitize: deps
	Tests/Sanitizers/run address thread

threads: deps
	Tests/Sanitizers/run thread --filter 'VAECodecTests.(RoundTripTests|RowsTests|GoldenTests|FitTests/seeds)'

# The fuzzer, with LLVM's libFuzzer and AddressSanitizer: it needs a toolchain that has these, as those for Linux do.
FUZZING = $(CHECKED) -Xswiftc -sanitize=fuzzer -Xcc -fsanitize=fuzzer-no-link --sanitize=address \
  --package-path Tests/Fuzz --scratch-path "$(CURDIR)/.build/fuzz"
FUZZER = .build/fuzz/release/Fuzzer
# What the runtime holds to the end is no leak; and not all machines let it be searched for.
NO_LEAKS = ASAN_OPTIONS=detect_leaks=0
TARGETS = arrays text records container stream model carried symbols corrections checkpoint
SECONDS = 60

# Fuzzes all targets, or those in TARGETS, each for that many SECONDS: make fuzz TARGETS=model SECONDS=600. What it learns
# is kept in .build/fuzz/corpus, and inputs that break something in .build/fuzz/found.
fuzz: fuzzer
	@test -x $(FUZZER) || exit 0; mkdir -p .build/fuzz/found; export SWIFT_BACKTRACE=enable=no $(NO_LEAKS); \
	for target in $(TARGETS); do log=.build/fuzz/found/$$target.log; \
	  $(FUZZER) $$target -max_total_time=$(SECONDS) -timeout=20 -rss_limit_mb=2500 -max_len=32768 -print_final_stats=1 \
	    -artifact_prefix=.build/fuzz/found/$$target- .build/fuzz/corpus/$$target \
	    $$(ls -d Tests/Fuzz/Findings/$$target 2>/dev/null) > $$log 2>&1 || { cat $$log; exit 1; }; \
	  echo "fuzz: $$target, $$(sed -n 's/.*number_of_executed_units: //p' $$log) inputs without a finding"; \
	done

fuzzer: deps
	@if ! Tests/Sanitizers/has fuzzer,address; then exit 0; fi; \
	export $(NO_LEAKS); swift build $(FUZZING) && $(FUZZER) seeds .build/fuzz/corpus

# All benchmarks.
bench: build
	VAEC_BINARY="$(VAEC)" Benchmarks/run

# Rate and distortion alone: needs Python with numpy and scipy.
bench-rate: build
	VAEC_BINARY="$(VAEC)" Benchmarks/rate/run

# Whole files against other compressors: needs Python with numpy; what else is installed is compared with.
bench-files: build
	VAEC_BINARY="$(VAEC)" Benchmarks/files/run

# Speed alone, about ten minutes: needs Python with numpy; TORCH_PYTHON is one with PyTorch to compare with.
bench-speed: build
	VAEC_BINARY="$(VAEC)" Benchmarks/speed/run

# The library's documentation, in .build/documentation: an archive for Xcode and for web servers.
doc: deps
	swift build --target VAECodec --scratch-path .build/symbols -Xswiftc -emit-symbol-graph \
	  -Xswiftc -emit-symbol-graph-dir -Xswiftc .build/symbols -Xswiftc -symbol-graph-minimum-access-level -Xswiftc public
	rm -rf .build/graphs && mkdir -p .build/graphs .build/documentation && cp .build/symbols/VAECodec*.symbols.json .build/graphs/
	docc convert Sources/VAECodec/VAECodec.docc --fallback-display-name VAECodec \
	  --fallback-bundle-identifier vaec.VAECodec --warnings-as-errors --additional-symbol-graph-dir .build/graphs \
	  --output-path .build/documentation/VAECodec.doccarchive

# The style of sources and manual pages, and the imports between modules.
lint:
	@! Tests/Tools/has format || swift format lint --strict -r Package.swift Sources Tests
	@! Tests/Tools/has mandoc || mandoc -T lint -W warning $(MAN1) $(MAN5)
	@! test -x Tests/Imports/run || Tests/Imports/run

# Completions for shells: where each looks for them, and what the program writes there.
SHARE = $(DESTDIR)$(PREFIX)/share
BASH = $(SHARE)/bash-completion/completions/vaec
ZSH = $(SHARE)/zsh/site-functions/_vaec
FISH = $(SHARE)/fish/vendor_completions.d/vaec.fish

# Builds only where nothing is built yet: root may not have the toolchain.
install:
	@test -x "$(VAEC)" || $(MAKE) build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1" "$(DESTDIR)$(PREFIX)/share/man/man5"
	install -m 755 "$(VAEC)" "$(DESTDIR)$(PREFIX)/bin/vaec"
	for page in $(MAN1); do install -m 644 $$page "$(DESTDIR)$(PREFIX)/share/man/man1/"; done
	for page in $(MAN5); do install -m 644 $$page "$(DESTDIR)$(PREFIX)/share/man/man5/"; done
	install -d "$(dir $(BASH))" "$(dir $(ZSH))" "$(dir $(FISH))"
	"$(VAEC)" --generate-completion-script bash > "$(BASH)"
	"$(VAEC)" --generate-completion-script zsh > "$(ZSH)"
	"$(VAEC)" --generate-completion-script fish > "$(FISH)"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/vaec"
	rm -f $(patsubst man/%,"$(DESTDIR)$(PREFIX)/share/man/man1/%",$(MAN1))
	rm -f $(patsubst man/%,"$(DESTDIR)$(PREFIX)/share/man/man5/%",$(MAN5))
	rm -f "$(BASH)" "$(ZSH)" "$(FISH)"

clean:
	rm -rf .build demo
