//! The croplens command as a user runs it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A run in the making.
pub(crate) struct Run(Command);

/// Starts the arguments of a run.
pub(crate) fn croplens(args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_croplens"));
    command
        .args(args)
        .env_remove("CROPLENS_CATALOG")
        .env_remove("CROPLENS_S3_ENDPOINT")
        .env_remove("CROPLENS_LOG");
    Run(command)
}

impl Run {
    pub(crate) fn arg(mut self, arg: impl AsRef<std::ffi::OsStr>) -> Run {
        self.0.arg(arg);
        self
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>) -> Run {
        self.0.args(args);
        self
    }

    /// Runs it in this folder, so that the paths it is given can be relative.
    pub(crate) fn within(mut self, folder: &Path) -> Run {
        self.0.current_dir(folder);
        self
    }

    /// Starts it and does not wait.
    pub(crate) fn start(mut self) -> std::process::Child {
        self.0.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
    }

    /// Runs it with these bytes on its standard input.
    pub(crate) fn fed(mut self, input: &[u8]) -> Output {
        use std::io::Write;
        let piped = std::process::Stdio::piped;
        let mut child = self.0.stdin(piped()).stdout(piped()).stderr(piped()).spawn().unwrap();
        // A command that reads nothing hangs up; that is its right.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }

    /// Runs it, whatever comes of it.
    pub(crate) fn output(mut self) -> Output {
        self.0.output().unwrap()
    }

    /// Runs it and expects exit code 0.
    pub(crate) fn ok(self) -> Output {
        self.exits(0)
    }

    /// Runs it and expects an exit code.
    pub(crate) fn exits(self, code: i32) -> Output {
        let output = self.output();
        assert_eq!(
            output.status.code(),
            Some(code),
            "stdout: {}\nstderr: {}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }
}

/// The records of an output folder.
pub(crate) fn records(out: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(out.join("records.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
