//! The croplens command.

/// Answers of a scene are made on one thread and let go on another, scene after scene: that is where the system's
/// allocator is slow. Measured in `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    croplens::cli::main()
}
