//! The better authorities that tests ask, brought by their own package clients into `target/oracles`: protoc (with Python's
//! protobuf), buf, a second parser of ProtoJSON, and what checks the files that we write for other programs.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::child;

/// protoc, as a Python module; Debian's own protoc knows no editions. From 1.76 on it knows edition 2024.
const PROTOC: &str = "grpcio-tools==1.85.1";
/// buf's command line.
const BUF: &str = "@bufbuild/buf@1.75.0";

/// A second parser of ProtoJSON, beside Python's, which comes with protoc.
const PROTOBUF_ES: &str = "@bufbuild/protobuf@2.17.0";

/// Checks files by JSON Schemas, among them those of GitHub's actions and GitLab's pipelines, which it brings along; and
/// the manifests of hooks.
const CHECKERS: &str = "check-jsonschema==0.39.0 pre-commit==4.7.0";

/// Brings the schema of SARIF that OASIS publishes.
const SARIF_SCHEMA: &str = "@microsoft/jest-sarif@1.0.0-beta.0";

/// An oracle that is here, or the reason why not.
pub(crate) struct Oracle {
    /// Its name in messages.
    pub(crate) name: &'static str,
    /// The variable by which tests find it.
    pub(crate) variable: &'static str,
    /// What is not tested without it.
    pub(crate) without: &'static str,
    /// The program to start, or the folder of a library.
    pub(crate) program: Result<PathBuf>,
}

/// Brings every oracle; quick where they are there already.
pub(crate) fn bring(target: &Path) -> Vec<Oracle> {
    let folder = target.join("oracles");
    vec![
        Oracle {
            name: PROTOC,
            variable: "PROTOSKEW_PROTOC_PYTHON",
            without: "comparisons of the schema with protoc's",
            program: python(&folder.join("python")),
        },
        Oracle {
            name: BUF,
            variable: "PROTOSKEW_BUF",
            without: "comparisons of findings with buf's",
            program: buf(&folder.join("npm")),
        },
        Oracle {
            name: PROTOBUF_ES,
            variable: "PROTOSKEW_PROTOBUF_ES",
            without: "comparisons of what is said of JSON with what parsers do",
            program: protobuf_es(&folder.join("protobuf-es")),
        },
        Oracle {
            name: CHECKERS,
            variable: "PROTOSKEW_CHECKERS",
            without: "what is written for GitHub, GitLab and pre-commit, by their own schemas",
            program: checkers(&folder.join("checkers")),
        },
        Oracle {
            name: SARIF_SCHEMA,
            variable: "PROTOSKEW_SARIF_SCHEMA",
            without: "SARIF by its published schema",
            program: sarif_schema(&folder.join("sarif")),
        },
        Oracle {
            name: "jq",
            variable: "PROTOSKEW_JQ",
            without: "which comment the action for GitHub takes for its own",
            program: jq(),
        },
    ]
}

/// A Python with protoc.
pub(crate) fn protoc(target: &Path) -> Result<PathBuf> {
    python(&target.join("oracles").join("python"))
}

/// The folder of the second parser of ProtoJSON.
pub(crate) fn protobuf_es_library(target: &Path) -> Result<PathBuf> {
    protobuf_es(&target.join("oracles").join("protobuf-es"))
}

/// buf, where it is installed already; a benchmark installs nothing.
pub(crate) fn installed_buf(target: &Path) -> Option<PathBuf> {
    let folder = target.join("oracles").join("npm");
    buf_program(&folder).ok()
}

/// The Python that has protoc, where it is installed already.
pub(crate) fn installed_protoc(target: &Path) -> Option<PathBuf> {
    let python = target.join("oracles").join("python").join("bin/python");
    python.is_file().then_some(python)
}

fn python(folder: &Path) -> Result<PathBuf> {
    let python = folder.join("bin").join("python");
    install_once(folder, PROTOC, &python, || pip_install(folder, PROTOC))?;
    Ok(python)
}

/// A virtual environment of its own, with packages separated by blanks.
fn pip_install(folder: &Path, packages: &str) -> Result<()> {
    let python3 = ["python3", "python"]
        .into_iter()
        .find(|name| child::succeeds(Command::new(name).arg("--version")))
        .context("no python3 on the PATH")?;
    child::capture(Command::new(python3).args(["-m", "venv"]).arg(folder))
        .context("no virtual environment (on Debian: apt-get install python3-venv)")?;
    child::capture(
        Command::new(folder.join("bin").join("python"))
            .args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--only-binary=:all:"])
            .args(packages.split(' ')),
    )?;
    Ok(())
}

/// The folder of programs that check files.
fn checkers(folder: &Path) -> Result<PathBuf> {
    let programs = folder.join("bin");
    install_once(folder, CHECKERS, &programs.join("check-jsonschema"), || {
        pip_install(folder, CHECKERS)
    })?;
    Ok(programs)
}

/// The distribution's own: the language is that of `gh api --jq`.
fn jq() -> Result<PathBuf> {
    ensure!(
        child::succeeds(Command::new("jq").arg("--version")),
        "no jq on the PATH (on Debian: apt-get install jq)"
    );
    Ok("jq".into())
}

fn sarif_schema(folder: &Path) -> Result<PathBuf> {
    let package = folder.join("node_modules/@microsoft/jest-sarif");
    let schema = package.join("lib/schemas/sarif-2.1.0-rtm.5.json");
    install_once(folder, SARIF_SCHEMA, &schema, || {
        npm_install(folder, SARIF_SCHEMA)
    })?;
    ensure!(schema.is_file(), "{SARIF_SCHEMA} brought no schema");
    Ok(schema)
}

fn buf(folder: &Path) -> Result<PathBuf> {
    let start_script = folder.join("node_modules/.bin/buf");
    install_once(folder, BUF, &start_script, || npm_install(folder, BUF))?;
    buf_program(folder)
}

fn npm_install(folder: &Path, package: &str) -> Result<()> {
    child::capture(
        Command::new("npm")
            .args(["install", "--no-save", "--no-audit", "--no-fund"])
            .arg("--prefix")
            .arg(folder)
            .arg(package),
    )?;
    Ok(())
}

fn protobuf_es(folder: &Path) -> Result<PathBuf> {
    ensure!(
        child::succeeds(Command::new("node").arg("--version")),
        "no node on the PATH"
    );
    let library = folder.join("node_modules/@bufbuild/protobuf/package.json");
    install_once(folder, PROTOBUF_ES, &library, || {
        npm_install(folder, PROTOBUF_ES)
    })?;
    Ok(folder.to_owned())
}

/// The program itself rather than npm's start script, whose Node would be measured along with it.
fn buf_program(folder: &Path) -> Result<PathBuf> {
    let arch = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let system = if OS == "macos" { "darwin" } else { OS };
    let modules = folder.join("node_modules");
    let program = modules.join(format!("@bufbuild/buf-{system}-{arch}/bin/buf"));
    if program.is_file() {
        return Ok(program);
    }
    let start_script = modules.join(".bin/buf");
    ensure!(
        start_script.exists(),
        "npm installed no {}",
        start_script.display()
    );
    Ok(start_script)
}

/// Installs into an empty folder unless exactly this package is there already.
///
/// The package's name is written down last, so that an interrupted installation starts over.
pub(crate) fn install_once(
    folder: &Path,
    package: &str,
    program: &Path,
    install: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let note = folder.join("installed");
    if program.exists() && fs::read_to_string(&note).is_ok_and(|installed| installed == package) {
        return Ok(());
    }
    println!("xtask: installing {package} into {}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    install()?;
    fs::write(&note, package).with_context(|| format!("{} cannot be written", note.display()))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs;

    use anyhow::bail;

    use super::install_once;

    #[test]
    fn an_installation_happens_once_per_version_and_again_after_a_failure() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("tool");
        let program = folder.join("program");
        let installations = Cell::new(0);
        let install = |package: &str| {
            install_once(&folder, package, &program, || {
                installations.set(installations.get() + 1);
                fs::write(&program, "")?;
                Ok(())
            })
            .unwrap();
            installations.get()
        };
        assert_eq!(install("tool@1"), 1);
        assert_eq!(install("tool@1"), 1);
        assert_eq!(install("tool@2"), 2);
        install_once(&folder, "tool@3", &program, || bail!("no network")).unwrap_err();
        assert_eq!(install("tool@3"), 3);
    }
}
