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

.PHONY: build deps demo doc test faults threads sanitize bench bench-rate bench-speed fuzz fuzzer lint install uninstall clean

# The program, optimized.
build: deps
	$(BUILD)

# The headers of zstd and zlib, installed where they are missing.
deps:
	@if printf '#include <zstd.h>\n#include <zlib.h>\n' | clang -E - >/dev/null 2>&1 \
	  || pkg-config --exists libzstd zlib 2>/dev/null; then exit 0; fi; \
	if test "$$(id -u)" = 0; then root=; else root=sudo; fi; \
	if command -v apt-get >/dev/null; then \
	  echo "Installing libzstd-dev and zlib1g-dev with apt-get $${root:+(through sudo)}"; \
	  $$root apt-get update -q && $$root apt-get install -y -q --no-install-recommends libzstd-dev zlib1g-dev; \
	elif command -v brew >/dev/null; then \
	  echo "Installing zstd and zlib with brew"; \
	  brew install zstd zlib; \
	else \
	  echo "The headers of zstd and zlib are missing: install them (libzstd-dev, zlib1g-dev)." >&2; exit 1; \
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

# All checks: the style; all tests, optimized, since fits and searches take too long otherwise, with what of the sources they
# run; the kernels' bits beside AArch64's, where qemu-user is installed; streams beside a reader in Python, where numpy is; inputs that others broke on;
# reports in Chromium, where that is; faults around the program, where Python is; kernels and readers of files under
# AddressSanitizer, and threads under ThreadSanitizer, where the toolchain has them. Tests of the command line run the program
# that is built with them.
CHECKED = -c release -Xswiftc -enable-testing -Xswiftc -warnings-as-errors
TESTING = $(CHECKED) --scratch-path .build/testing --enable-code-coverage
TESTED = $(CURDIR)/.build/testing/release
# The program as further checks take it: what it counts is not kept.
PROGRAM = LLVM_PROFILE_FILE=/dev/null VAEC_BINARY="$(TESTED)/vaec"

# The last three parts wait and compile in turns, so two of them run at once, each with its output together where make can.
# Threads are left out where what comes before them took long, so that slow machines are done within fifteen minutes.
SYNCED = $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
test: deps lint
	@mkdir -p .build && date +%s > .build/test-began
	swift build --build-tests $(TESTING)
	rm -rf "$(TESTED)/codecov"
	VAEC_BINARY="$(TESTED)/vaec" swift test --skip-build $(TESTING)
	@rm -f "$(TESTED)"/codecov/*.profraw
	Tests/Coverage/run "$(TESTED)"
	Tests/Machines/run
	$(PROGRAM) Tests/Reader/run
	$(PROGRAM) Tests/Cases/run
	$(PROGRAM) Tests/Browser/run
	@if test $$(($$(date +%s) - $$(cat .build/test-began))) -gt 450; then \
	  echo "sanitizers: thread is skipped, as this machine is slow; make threads runs it"; \
	else threads=threads; fi; \
	$(MAKE) -j2 $(SYNCED) faults fuzz $$threads SECONDS=3

# Faults around the program that is built with the tests.
faults:
	@if command -v python3 >/dev/null; then $(PROGRAM) Tests/Faults/run; \
	else echo "faults: skipped, Python is missing"; fi

# What threads do in coding and fitting, under ThreadSanitizer.
threads: deps
	Tests/Sanitizers/run short

# All tests under AddressSanitizer, then under ThreadSanitizer: an hour or more.
sanitize: deps
	Tests/Sanitizers/run

# The fuzzer, with LLVM's libFuzzer and AddressSanitizer, and the tests of the kernels under the latter: they need a toolchain
# that has these, as those for Linux do.
FUZZING = $(CHECKED) --scratch-path .build/fuzz --sanitize=address
FUZZER = .build/fuzz/release/Fuzzer
# What the runtime holds to the end is no leak; and not all machines let it be searched for.
NO_LEAKS = ASAN_OPTIONS=detect_leaks=0
TARGETS = arrays text container stream model carried symbols corrections checkpoint
SECONDS = 60

# Fuzzes all targets, or those in TARGETS, each for so many SECONDS: make fuzz TARGETS=model SECONDS=600. What was learned
# is kept in .build/fuzz/corpus, and what breaks something in .build/fuzz/found.
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
	export VAEC_FUZZER=1 VAEC_TESTS=CKernelsTests $(NO_LEAKS); \
	swift build --build-tests $(FUZZING) && swift test --skip-build $(FUZZING) && $(FUZZER) seeds .build/fuzz/corpus

# All benchmarks.
bench: build
	VAEC_BINARY="$(VAEC)" Benchmarks/run

# Rate and distortion alone: needs Python with numpy and scipy.
bench-rate: build
	VAEC_BINARY="$(VAEC)" Benchmarks/rate/run

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

# The style of sources and manual pages.
lint:
	@if swift format --version >/dev/null 2>&1; then swift format lint --strict -r Package.swift Sources Tests; \
	else echo "The toolchain has no swift format: the style of sources is not checked."; fi
	@if command -v mandoc >/dev/null; then mandoc -T lint $(MAN1) $(MAN5); \
	else echo "mandoc is not installed: manual pages are not checked."; fi

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
