//! Protobuf implementations as oracles: a small program for each, built with its own package client into `target/oracles/runtimes`.

mod build;

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{child, oracles, workspace};

/// An implementation, or the reason why it is not here.
pub(crate) struct Runtime {
    /// Its name, as `protoskew-wire` calls it.
    pub(crate) name: &'static str,
    /// The release that it was built with.
    pub(crate) version: Result<String>,
}

/// How one implementation's program is made.
struct Recipe {
    name: &'static str,
    /// The folders below `xtask/runtimes` that it is made from.
    sources: &'static [&'static str],
    /// Says which release would be used, where that can be had.
    version: fn() -> Result<String>,
    /// Makes it in an empty folder and gives the words that start it.
    build: fn(&Place<'_>) -> Result<Vec<String>>,
}

/// Where things are while a program is made.
struct Place<'a> {
    /// The folder of the program, empty.
    folder: &'a Path,
    /// `xtask/runtimes`.
    sources: &'a Path,
    /// Where cargo builds to.
    target: &'a Path,
    /// The questions: `.proto` files and, in `set.binpb`, all of them compiled.
    questions: &'a Path,
}

const RECIPES: &[Recipe] = &[
    Recipe {
        name: "upb",
        sources: &["upb"],
        version: build::upb_version,
        build: build::upb,
    },
    Recipe {
        name: "cpp",
        sources: &["cpp"],
        version: || build::debian("libprotobuf-dev"),
        build: build::cpp,
    },
    Recipe {
        name: "java",
        sources: &["java"],
        version: || build::debian("libprotobuf-java"),
        build: build::java,
    },
    Recipe {
        name: "go",
        sources: &["go"],
        version: || build::debian("golang-google-protobuf-dev"),
        build: build::go,
    },
    Recipe {
        name: "gogo",
        sources: &["gogo"],
        version: || build::debian("golang-github-gogo-protobuf-dev"),
        build: |place| build::gogo(place, "gogofast"),
    },
    Recipe {
        name: "gogo-tables",
        sources: &["gogo"],
        version: || build::debian("golang-github-gogo-protobuf-dev"),
        build: |place| build::gogo(place, "gogo"),
    },
    Recipe {
        name: "prost",
        sources: &["rust", "rust/src"],
        version: || build::crate_version("prost"),
        build: |place| build::rust(place, "prost"),
    },
    Recipe {
        name: "rust-protobuf-2",
        sources: &["rust", "rust/src"],
        version: || build::crate_version("protobuf2"),
        build: |place| build::rust(place, "rust-protobuf-2"),
    },
    Recipe {
        name: "rust-protobuf-3",
        sources: &["rust", "rust/src"],
        version: || build::crate_version("protobuf3"),
        build: |place| build::rust(place, "rust-protobuf-3"),
    },
    Recipe {
        name: "buffa",
        sources: &["rust", "rust/src"],
        version: || build::crate_version("buffa"),
        build: |place| build::rust(place, "buffa"),
    },
    Recipe {
        name: "protobuf-es",
        sources: &["js"],
        version: || build::npm_version("@bufbuild/protobuf"),
        build: |place| build::js(place, &["es.mjs"]),
    },
    Recipe {
        name: "protobufjs",
        sources: &["js"],
        version: || build::npm_version("protobufjs-7"),
        build: |place| build::js(place, &["pbjs.mjs", "7"]),
    },
    Recipe {
        name: "protobufjs-8",
        sources: &["js"],
        version: || build::npm_version("protobufjs-8"),
        build: |place| build::js(place, &["pbjs.mjs", "8"]),
    },
];

/// What `cargo xtask runtimes` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Then send each so many random messages, and hold what it reads against the decoder that imitates it.
    #[arg(long)]
    messages: Option<u64>,
    /// The second time to readers of so many random schemas, of the implementations that load one as they run.
    #[arg(long, default_value_t = 300)]
    schemas: u64,
    /// The seed of the first message.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// Brings them all and says which are here.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let target = workspace::target();
    // they are given descriptors that protoc makes
    oracles::bring(&target);
    for runtime in bring(&target) {
        match runtime.version {
            Ok(version) => println!("{:16} {version}", runtime.name),
            Err(reason) => println!("{:16} skipped: {reason:#}", runtime.name),
        }
    }
    let Some(messages) = arguments.messages else {
        return Ok(());
    };
    let tests = [
        "random_messages_are_read_as_the_decoder_says",
        "readers_of_random_schemas_read_as_the_decoder_says",
    ];
    let mut command = workspace::cargo();
    command
        .args(["test", "--package", "protoskew-wire", "--test", "runtimes"])
        .args(["--", "--nocapture"])
        .args(tests)
        .env("PROTOSKEW_RUNTIMES", folder(&target))
        .env("PROTOSKEW_MESSAGES", messages.to_string())
        .env("PROTOSKEW_SCHEMAS", arguments.schemas.to_string())
        .env("PROTOSKEW_SEED", arguments.seed.to_string());
    if let Some(python) = oracles::installed_protoc(&target) {
        command.env("PROTOSKEW_PROTOC_PYTHON", python);
    }
    child::run(&mut command)
}

/// Where the programs are, below the folder that cargo builds to.
pub(crate) fn folder(target: &Path) -> PathBuf {
    target.join("oracles").join("runtimes")
}

/// Brings every runtime; quick where they are there already.
pub(crate) fn bring(target: &Path) -> Vec<Runtime> {
    let sources = workspace::root().join("xtask").join("runtimes");
    let questions = questions(target, &sources);
    let one = |recipe: &Recipe| {
        let questions = match &questions {
            Ok(questions) => questions,
            Err(error) => anyhow::bail!("no questions to ask: {error:#}"),
        };
        let version = (recipe.version)()?;
        let folder = folder(target).join(recipe.name);
        let place = Place {
            folder: &folder,
            sources: &sources,
            target,
            questions,
        };
        let command = folder.join("command");
        let made_from = fingerprint(&sources, recipe.sources)?;
        let package = format!("{} {version} {made_from:016x}", recipe.name);
        oracles::install_once(&folder, &package, &command, || {
            let words = (recipe.build)(&place)?;
            fs::write(&command, words.join("\n"))?;
            fs::write(folder.join("version"), &version)?;
            Ok(())
        })?;
        Ok(version)
    };
    RECIPES
        .iter()
        .map(|recipe| Runtime {
            name: recipe.name,
            version: one(recipe),
        })
        .collect()
}

/// The questions' protos and their descriptors, in one folder that every program is given.
fn questions(target: &Path, sources: &Path) -> Result<PathBuf> {
    let folder = folder(target).join("questions");
    let set = folder.join("set.binpb");
    let package = format!("questions {:016x}", fingerprint(sources, &["questions"])?);
    oracles::install_once(&folder, &package, &set, || {
        for name in files(&sources.join("questions"))? {
            fs::copy(sources.join("questions").join(&name), folder.join(&name))?;
        }
        build::descriptors(target, &folder, &set)
    })?;
    Ok(folder)
}

/// Changes whenever the questions or a file in these folders changes.
fn fingerprint(sources: &Path, folders: &[&str]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for folder in [&["questions"], folders].concat() {
        let folder = sources.join(folder);
        for name in files(&folder)? {
            name.hash(&mut hasher);
            fs::read(folder.join(&name))?.hash(&mut hasher);
        }
    }
    Ok(hasher.finish())
}

/// The names of the files in a folder, in order.
fn files(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let listed =
        fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in listed {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
