//! Where the workspace is, where it builds to, and the program that it builds.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::child;

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let xtask =
        env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let xtask = PathBuf::from(xtask);
    xtask.parent().map_or_else(|| xtask.clone(), Path::to_owned)
}

/// The folder that cargo builds to.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        // cargo takes a relative one from where it is started, and so do the tasks
        Some(target) => std::path::absolute(&target).unwrap_or_else(|_| target.into()),
        None => root().join("target"),
    }
}

/// The cargo that runs this task.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Builds `protoskew` as users get it and says where it is.
pub(crate) fn release_binary() -> Result<PathBuf> {
    child::run(cargo().args(["build", "--release", "--package", "protoskew"]))?;
    Ok(target()
        .join("release")
        .join("protoskew")
        .with_extension(env::consts::EXE_EXTENSION))
}
