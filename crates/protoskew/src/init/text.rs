//! The words of a first configuration: what is known stands there, what is guessed says so, the rest is a comment to take up.

use super::{Seen, Server};
use crate::config::quoted;
use crate::releases::Series;

/// The whole file.
pub(super) fn write(seen: &Seen) -> String {
    let mut out = String::from(
        "# What protoskew cannot know by itself: who talks to whom, and which of their releases may meet.\n\
         # Begun by `protoskew init` from what it found here. Every line may be changed or removed.\n",
    );
    proto(&mut out, seen);
    components(&mut out, seen);
    links(&mut out, seen);
    if let Some(branch) = &seen.default_branch {
        let branch = branch.rsplit('/').next().unwrap_or(branch);
        line(&mut out, "\n[history]");
        line(
            &mut out,
            &format!("# default-branch = {}  # found by itself", quoted(branch)),
        );
        line(
            &mut out,
            "# baseline = \"REF\"  # to begin in the middle: nothing before it counts as new",
        );
    }
    line(&mut out, "\n[rules]");
    line(
        &mut out,
        "# preset = \"proposal\"  # or \"wire\": only what breaks the wire; \"advice\": nothing fails",
    );
    line(
        &mut out,
        "# field-renamed = \"off\"  # any rule: \"deny\", \"warn\", \"note\", \"off\"; `protoskew rules` lists them",
    );
    line(
        &mut out,
        "# unstable = \"warn\"  # the loudest in packages that say alpha, beta or test; \"deny\": as anywhere else",
    );
    line(
        &mut out,
        "# [[rules.for]]  # levels for some paths, packages or links alone\n# paths = [\"internal/**\"]\n# preset = \"advice\"",
    );
    line(
        &mut out,
        "# What one finding is let through for stands in protoskew.waivers.toml: `protoskew waive` writes it.",
    );
    out
}

fn proto(out: &mut String, seen: &Seen) {
    line(out, "\n[proto]");
    match &seen.left_out {
        Some(left_out) => {
            line(out, &format!("# {left_out}."));
            line(
                out,
                "# Those are known by convention: imports find them, nothing in them is judged. To say so of others:",
            );
        }
        None => line(
            out,
            "# Copies of what others own are resolved against and not judged; none were found here. To name some:",
        ),
    }
    line(out, "# vendored = [\"copies/**\"]");
    line(
        out,
        "# include = [\"api/**/*.proto\"]  # to judge these alone, wherever they lie",
    );
}

fn components(out: &mut String, seen: &Seen) {
    line(out, "\n# Programs that speak the protocol.");
    let (own, others) = match seen.series.split_first() {
        Some((first, others)) => (Some(first), others),
        None => (None, &[][..]),
    };
    for (at, server) in seen.servers.iter().enumerate() {
        if at > 0 {
            line(out, "");
        }
        line(
            out,
            &format!("[components.{}]{}", key(&server.name), serves(server)),
        );
        let tags = others
            .iter()
            .find(|series| series.is_called(&server.name))
            .filter(|_| seen.names_series)
            .or(own);
        match tags {
            Some(series) => {
                let said = format!("tags = {}", quoted(&series.pattern));
                let sign = if seen.names_series { "" } else { "# " };
                line(out, &format!("{sign}{said}  # {}", series.shown()));
            }
            None => line(
                out,
                "# tags = \"v{version}\"  # there are no release tags yet",
            ),
        }
        protobuf(out, seen, &server.name);
    }
    let server = seen.servers.first().map_or("server", |server| &server.name);
    line(
        out,
        &format!(
            "\n[components.{}]  # a guess: the one who calls; it may have another name, or be several",
            key(&seen.client)
        ),
    );
    // servers with the same tags need no owner of the protos: a release is one commit of them all
    if seen.servers.len() == 1 || seen.names_series {
        line(
            out,
            &format!(
                "protocol = {}  # it speaks the protos that {server} owns",
                quoted(server)
            ),
        );
    }
    protobuf(out, seen, &seen.client);
    line(
        out,
        &format!(
            "# repository = \"../{}\"  # where its releases come from, if not from here, and then",
            seen.client
        ),
    );
    line(
        out,
        "# pin = \"go.mod\"  # the file (or Gopkg.lock, Cargo.lock) that says which revision of these protos each was built with",
    );
    let is_named = |series: &&Series| {
        let called = |server: &Server| series.is_called(&server.name);
        !(seen.names_series && seen.servers.iter().any(called))
    };
    let others: Vec<&Series> = others.iter().filter(is_named).collect();
    if !others.is_empty() {
        line(
            out,
            "\n# Further series of tags here; a component that is numbered by one of them names it:",
        );
        const MANY_ENOUGH: usize = 12;
        for series in others.iter().take(MANY_ENOUGH) {
            line(
                out,
                &format!("# tags = {}  # {}", quoted(&series.pattern), series.shown()),
            );
        }
        if others.len() > MANY_ENOUGH {
            line(out, &format!("# … and {} more", others.len() - MANY_ENOUGH));
        }
    }
}

fn serves(server: &Server) -> String {
    match server.services.as_slice() {
        [] => String::new(),
        [one] => format!("  # serves {one}"),
        [first, .., last] => format!(
            "  # serves {first} to {last}, {} services",
            server.services.len()
        ),
    }
}

/// The implementation of a program: said where a manifest lies in its folder, offered where one lies elsewhere.
fn protobuf(out: &mut String, seen: &Seen, name: &str) {
    let mine: Vec<_> = seen
        .manifests
        .iter()
        .filter(|each| each.is_in(name))
        .collect();
    if let [first, rest @ ..] = mine.as_slice()
        && rest.iter().all(|each| each.is == first.is)
    {
        line(
            out,
            &format!(
                "protobuf = {}  # {} says so",
                quoted(first.is.word()),
                shown(&first.path)
            ),
        );
    } else if let Some(any) = mine.first().copied().or(seen.manifests.first()) {
        line(
            out,
            &format!(
                "# protobuf = {}  # if it is built from {}: what becomes of odd values depends on it",
                quoted(any.is.word()),
                shown(&any.path)
            ),
        );
    }
}

fn links(out: &mut String, seen: &Seen) {
    line(
        out,
        "\n# Who calls whom. Without a link nothing is known of roles, and every pair of releases may meet.",
    );
    for (at, server) in seen.servers.iter().enumerate() {
        line(out, "[[links]]");
        line(out, &format!("client = {}", quoted(&seen.client)));
        line(out, &format!("server = {}", quoted(&server.name)));
        if seen.servers.len() > 1 {
            let services: Vec<String> = server.services.iter().map(|name| quoted(name)).collect();
            line(out, &format!("services = [{}]", services.join(", ")));
        }
        if at == 0 {
            line(
                out,
                "client-ahead = \"any\"  # how many release lines the client may be newer: a server that keeps running meets every later client",
            );
            line(
                out,
                "client-behind = 1  # how many it may be older: a client is rolled back by one release, no further",
            );
            line(
                out,
                "# oldest = \"1.0\"  # servers below this line are supported no longer",
            );
        } else {
            line(out, "client-ahead = \"any\"");
            line(out, "client-behind = 1");
        }
        if at + 1 < seen.servers.len() {
            line(out, "");
        }
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// A TOML key: bare where it can be.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// A path in a comment, on one line.
fn shown(path: &str) -> String {
    path.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}
