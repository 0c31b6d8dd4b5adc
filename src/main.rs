//! The `patternbook` program.

use std::process::ExitCode;

use patternbook::cli;

// mdBook and the highlighter fragment the system's allocator badly on large books.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
