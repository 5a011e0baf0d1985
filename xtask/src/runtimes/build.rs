//! How each implementation's program is made: with Debian's packages, cargo, npm or pip's Python, as its users make theirs.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Place;
use crate::{child, workspace};

/// Files that `protoc` generates code for, in the order in which they import each other.
const PROTOS: [&str; 4] = ["three.proto", "two.proto", "explicit.proto", "groups.proto"];
/// Those of them that gogo can generate code for.
const PROTOS_OF_GOGO: [&str; 2] = ["three.proto", "two.proto"];
/// Their descriptors.
const GENERATED: &str = "generated.binpb";
const JARS: [&str; 4] = ["protobuf", "protobuf-util", "gson", "guava"];
const GOCODE: &str = "/usr/share/gocode";

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn python(target: &Path) -> PathBuf {
    target.join("oracles/python/bin/python")
}

/// The upstream version of an installed Debian package.
pub(super) fn debian(package: &str) -> Result<String> {
    let full = child::capture(Command::new("dpkg-query").args(["-W", "-f=${Version}", package]))
        .with_context(|| format!("Debian's {package} is not installed"))?;
    ensure!(!full.is_empty(), "Debian's {package} is not installed");
    let upstream = full
        .rsplit_once('-')
        .map_or(full.as_str(), |(left, _)| left);
    let plain = upstream
        .split_once(':')
        .map_or(upstream, |(_, right)| right);
    Ok(plain.to_owned())
}

/// The release that the harness of the Rust implementations pins.
pub(super) fn crate_version(name: &str) -> Result<String> {
    pinned("rust/Cargo.toml", &format!("{name} = "), "\"=")
}

/// The release that the harness of the JavaScript implementations pins.
pub(super) fn npm_version(name: &str) -> Result<String> {
    let pin = pinned("js/package.json", &format!("\"{name}\": "), "\"")?;
    Ok(pin.rsplit('@').next().unwrap_or(&pin).to_owned())
}

/// What stands between `before` and the next quote, on the first line that starts so.
fn pinned(file: &str, line_starts: &str, before: &str) -> Result<String> {
    let path = workspace::root().join("xtask/runtimes").join(file);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let line = text
        .lines()
        .map(str::trim)
        .find_map(|line| line.strip_prefix(line_starts));
    let value = line.and_then(|line| line.split_once(before)?.1.split('"').next());
    let value = value.with_context(|| format!("{file} pins no {line_starts}"))?;
    Ok(value.to_owned())
}

/// The release of upb that pip brought along with protoc.
pub(super) fn upb_version() -> Result<String> {
    let python = python(&workspace::target());
    let program = "import google.protobuf; print(google.protobuf.__version__)";
    child::capture(Command::new(python).args(["-c", program]))
        .context("the Python with protoc is not there")
}

/// Compiles every proto of a folder into one descriptor set, imports first; and those that code is generated for into another.
pub(super) fn descriptors(target: &Path, folder: &Path, set: &Path) -> Result<()> {
    let mut names = super::files(folder)?;
    names.retain(|name| name.ends_with(".proto"));
    let generated = PROTOS.map(str::to_owned);
    compile(target, folder, &folder.join(GENERATED), &generated)?;
    compile(target, folder, set, &names)
}

fn compile(target: &Path, folder: &Path, set: &Path, names: &[String]) -> Result<()> {
    let mut command = Command::new(python(target));
    command
        .args(["-m", "grpc_tools.protoc", "--include_imports", "-I"])
        .arg(folder)
        .arg(format!("--descriptor_set_out={}", set.display()));
    child::capture(command.args(names))?;
    Ok(())
}

/// Debian's protoc, with further arguments.
fn protoc<S: AsRef<OsStr>>(place: &Place<'_>, arguments: &[S], protos: &[&str]) -> Result<()> {
    let mut command = Command::new("protoc");
    command.arg("-I").arg(place.questions).args(arguments);
    child::capture(command.args(protos)).context("on Debian: apt-get install protobuf-compiler")?;
    Ok(())
}

pub(super) fn upb(place: &Place<'_>) -> Result<Vec<String>> {
    Ok(vec![
        text(&python(place.target)),
        text(&place.sources.join("upb/read.py")),
    ])
}

pub(super) fn cpp(place: &Place<'_>) -> Result<Vec<String>> {
    protoc(
        place,
        &[format!("--cpp_out={}", place.folder.display())],
        &PROTOS,
    )?;
    let program = place.folder.join("read");
    let mut command = Command::new("g++");
    command
        .args(["-std=c++17", "-O0", "-I"])
        .arg(place.folder)
        .arg(place.sources.join("cpp/read.cc"));
    for proto in PROTOS {
        let stem = proto.trim_end_matches(".proto");
        command.arg(place.folder.join(format!("{stem}.pb.cc")));
    }
    command
        .args(["-lprotobuf", "-lpthread", "-o"])
        .arg(&program);
    child::capture(&mut command)?;
    Ok(vec![text(&program)])
}

pub(super) fn java(place: &Place<'_>) -> Result<Vec<String>> {
    protoc(
        place,
        &[format!("--java_out={}", place.folder.display())],
        &PROTOS,
    )?;
    let jars: Vec<String> = JARS
        .iter()
        .map(|name| format!("/usr/share/java/{name}.jar"))
        .collect();
    let classes = place.folder.join("classes");
    let mut command = Command::new("javac");
    command
        .args(["-nowarn", "-proc:none", "-cp", &jars.join(":"), "-d"])
        .arg(&classes)
        .arg(place.sources.join("java/Read.java"));
    for package in ["q2", "q3", "qe", "qg"] {
        for name in super::files(&place.folder.join(package))? {
            command.arg(place.folder.join(package).join(name));
        }
    }
    child::capture(&mut command).context("on Debian: apt-get install default-jdk-headless")?;
    let class_path = format!("{}:{}", classes.display(), jars.join(":"));
    Ok(["java", "-Xss64m", "-cp", &class_path, "Read"]
        .map(str::to_owned)
        .to_vec())
}

/// `go`, with Debian's libraries and those of one folder, and nothing from elsewhere.
fn go_tool(place: &Place<'_>) -> Command {
    let mut command = Command::new("go");
    command
        .env("GO111MODULE", "off")
        .env("GOFLAGS", "")
        .env("GOCACHE", place.target.join("oracles/go-cache"))
        .env("GOPATH", format!("{}:{GOCODE}", place.folder.display()))
        .current_dir(place.folder);
    command
}

fn go_program(place: &Place<'_>, main: &str) -> Result<Vec<String>> {
    let program = place.folder.join("read");
    let mut command = go_tool(place);
    command.args(["build", "-o"]).arg(&program);
    child::capture(command.arg(place.sources.join(main)))?;
    Ok(vec![text(&program)])
}

pub(super) fn go(place: &Place<'_>) -> Result<Vec<String>> {
    let plugin = place.folder.join("protoc-gen-go");
    let mut command = go_tool(place);
    command.args(["build", "-o"]).arg(&plugin);
    // Debian's own `protoc-gen-go` may be that of golang/protobuf 1.3
    child::capture(command.arg("google.golang.org/protobuf/cmd/protoc-gen-go"))
        .context("on Debian: apt-get install golang-go golang-google-protobuf-dev")?;
    let out = place.folder.join("src");
    fs::create_dir_all(&out)?;
    let arguments = [
        format!("--plugin=protoc-gen-go={}", plugin.display()),
        format!("--go_out={}", out.display()),
    ];
    protoc(place, &arguments, &PROTOS)?;
    go_program(place, "go/main.go")
}

pub(super) fn gogo(place: &Place<'_>, generator: &str) -> Result<Vec<String>> {
    let out = place.folder.join("src");
    fs::create_dir_all(&out)?;
    for proto in PROTOS_OF_GOGO {
        protoc(
            place,
            &[format!("--{generator}_out={}", out.display())],
            &[proto],
        )?;
    }
    go_program(place, "gogo/main.go")
}

pub(super) fn rust(place: &Place<'_>, runtime: &str) -> Result<Vec<String>> {
    // one program for all of them, built once
    let target = place.target.join("oracles/rust");
    let mut command = workspace::cargo();
    command
        .args(["build", "--quiet", "--locked", "--manifest-path"])
        .arg(place.sources.join("rust/Cargo.toml"))
        .env("CARGO_TARGET_DIR", &target)
        .env("RUNTIMES_DESCRIPTOR_SET", place.questions.join(GENERATED));
    child::capture(&mut command)?;
    Ok(vec![
        text(&target.join("debug/runtimes")),
        runtime.to_owned(),
    ])
}

pub(super) fn js(place: &Place<'_>, program: &[&str]) -> Result<Vec<String>> {
    // one folder for all of them, installed once for each state of its files
    let folder = place.target.join("oracles/js");
    fs::create_dir_all(&folder)?;
    let mut changed = !folder.join("node_modules").exists();
    for name in super::files(&place.sources.join("js"))? {
        let bytes = fs::read(place.sources.join("js").join(&name))?;
        changed |= fs::read(folder.join(&name)).ok().as_ref() != Some(&bytes);
        fs::write(folder.join(&name), bytes)?;
    }
    if changed {
        child::capture(
            Command::new("npm")
                .args([
                    "ci",
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    "--prefix",
                ])
                .arg(&folder),
        )?;
    }
    let mut words = vec!["node".to_owned(), text(&folder.join(program[0]))];
    words.extend(program[1..].iter().map(|&word| word.to_owned()));
    Ok(words)
}
