//! The croplens command.

fn main() -> std::process::ExitCode {
    croplens::cli::main()
}
