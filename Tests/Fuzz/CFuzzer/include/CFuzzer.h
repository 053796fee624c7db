#ifndef VAEC_CFUZZER_H
#define VAEC_CFUZZER_H

/// Runs the fuzzer that the toolchain has, which `-sanitize=fuzzer` links, with its own command line, until it says that it
/// is done. `vaec_fuzz_one`, a function of the program, is run on each input.
int vaec_fuzz(int count, char *const arguments[]);

#endif
