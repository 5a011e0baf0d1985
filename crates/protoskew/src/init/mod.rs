//! A first `protoskew.toml`, written from what a repository shows: services, tag series, copies of others' protos.

mod manifests;
mod text;

use std::collections::BTreeMap;

use protoskew_schema::{Name, Service};

use crate::config;
use crate::error::Error;
use crate::project::{Input, Project, State};
use crate::releases::{self, Series};
use crate::source::error::no_protos;
use manifests::Manifest;

/// What a repository shows of the roles in it.
#[derive(Debug)]
struct Seen {
    servers: Vec<Server>,
    /// What the one who calls them is called here.
    client: String,
    /// The series of tags; the one that releases are told by comes first.
    series: Vec<Series>,
    /// Whether the first series must be named, because protoskew would not choose it.
    names_series: bool,
    /// What was left out, in one line.
    left_out: Option<String>,
    default_branch: Option<String>,
    manifests: Vec<Manifest>,
}

/// Who serves some of the services.
#[derive(Debug, PartialEq, Eq)]
struct Server {
    name: String,
    services: Vec<Name>,
}

/// The text of a configuration for the project, which must have been opened without one.
pub fn configuration(project: &Project) -> Result<String, Error> {
    let repository = project.repository()?;
    let input = if repository.is_bare() {
        Input::Revision("HEAD".to_owned())
    } else {
        Input::Worktree(String::new())
    };
    let state = project.state(&input)?;
    if state.files == 0 {
        return Err(no_protos(&state.origin.label, None, Some(repository), None).into());
    }
    let manifests = match repository.workdir() {
        Some(root) => manifests::below(&root),
        None => Vec::new(),
    };
    let servers = servers(&services(&state));
    let mut series = releases::all_series(repository)?;
    let unprefixed = series.first().is_some_and(|first| first.prefix.is_empty());
    let names_series = !unprefixed && series.len() > 1;
    if names_series {
        // the server's own, else the longest
        let named_like =
            |series: &Series| servers.iter().any(|server| series.is_called(&server.name));
        series.sort_by_key(|each| (!named_like(each), std::cmp::Reverse(each.count)));
    }
    let seen = Seen {
        client: client(&servers, &series, &manifests),
        servers,
        series,
        names_series,
        left_out: state.left_out.line(),
        default_branch: repository.default_branch(None)?.map(|branch| branch.name),
        manifests,
    };
    let text = text::write(&seen);
    match config::read(&text) {
        Ok(_) => Ok(text),
        Err(errors) => Err(Error::environment(format!(
            "what was written from this repository cannot be read back: {}",
            errors.first().map(ToString::to_string).unwrap_or_default()
        ))
        .hint("this is a mistake in protoskew: please report it")),
    }
}

/// The judged services, each with its package.
fn services(state: &State) -> Vec<(&Service, &Name)> {
    let schema = state.indexed.schema();
    let judged = schema
        .services
        .iter()
        .filter(|service| state.indexed.judged(service.file));
    judged
        .map(|service| (service, &schema.file(service.file).package))
        // every server has it, and none is called after it
        .filter(|(service, _)| last(&service.name) != "Health")
        .collect()
}

/// More servers than this are not told apart: nobody reads so long a file.
const MANY: usize = 8;

/// One server for each package: called after its service where it has one, else after the package.
fn servers(services: &[(&Service, &Name)]) -> Vec<Server> {
    let mut packages: BTreeMap<&str, Vec<Name>> = BTreeMap::new();
    for (service, package) in services {
        packages
            .entry(package.as_str())
            .or_default()
            .push(service.name.clone());
    }
    let mut servers: Vec<Server> = Vec::new();
    for (package, mut services) in packages {
        services.sort_unstable();
        services.dedup();
        let name = match services.as_slice() {
            [one] => of_service(last(one)),
            _ => of_package(package),
        };
        // versions of one API are served by one program
        match servers.iter_mut().find(|server| server.name == name) {
            Some(server) => server.services.extend(services),
            None => servers.push(Server { name, services }),
        }
    }
    if servers.is_empty() || servers.len() > MANY {
        return vec![Server {
            name: "server".to_owned(),
            services: Vec::new(),
        }];
    }
    servers
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// `AgentService` → `agent`, `ImageStoreAPI` → `image-store`.
fn of_service(name: &str) -> String {
    let bare = ["Service", "Server", "API", "Api"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .filter(|bare| !bare.is_empty())
        .unwrap_or(name);
    let letters: Vec<char> = bare.chars().collect();
    let mut kebab = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let begins = letter.is_ascii_uppercase()
            && at > 0
            && (letters[at - 1].is_ascii_lowercase()
                || letters.get(at + 1).is_some_and(char::is_ascii_lowercase));
        if begins && !kebab.ends_with('-') {
            kebab.push('-');
        }
        kebab.push(if letter == '_' {
            '-'
        } else {
            letter.to_ascii_lowercase()
        });
    }
    kebab
}

/// `etcdserverpb` → `etcdserver`, `acme.ship.v1` → `ship`.
fn of_package(package: &str) -> String {
    let is_version = |part: &&str| {
        let mut letters = part.chars();
        letters.next() == Some('v') && letters.next().is_some_and(|c| c.is_ascii_digit())
    };
    let part = package.rsplit('.').find(|part| !is_version(part));
    let part = part.unwrap_or_default();
    let bare = part.strip_suffix("pb").filter(|bare| !bare.is_empty());
    match bare.unwrap_or(part) {
        "" => "server".to_owned(),
        name => name.to_ascii_lowercase().replace('_', "-"),
    }
}

/// `runtime` where something here is called so, else `client`.
fn client(servers: &[Server], series: &[Series], manifests: &[Manifest]) -> String {
    for name in ["runtime", "client"] {
        let taken = servers.iter().any(|server| server.name == name);
        let tagged = series.iter().any(|each| each.is_called(name));
        let built = manifests.iter().any(|each| each.is_in(name));
        if !taken && (tagged || built) {
            return name.to_owned();
        }
    }
    let taken = servers.iter().any(|server| server.name == "client");
    if taken { "caller" } else { "client" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_give_names_to_programs() {
        for (service, expected) in [
            ("AgentService", "agent"),
            ("Harbor", "harbor"),
            ("ImageStoreAPI", "image-store"),
            ("KV", "kv"),
            ("HTTPProxy", "http-proxy"),
            ("Service", "service"),
            ("Old_Name", "old-name"),
        ] {
            assert_eq!(of_service(service), expected);
        }
    }

    #[test]
    fn packages_give_names_to_programs_with_several_services() {
        for (package, expected) in [
            ("etcdserverpb", "etcdserver"),
            ("acme.ship.v1", "ship"),
            ("acme.ship.v1beta1", "ship"),
            ("v1", "server"),
            ("", "server"),
            ("pb", "pb"),
            ("a.My_API", "my-api"),
        ] {
            assert_eq!(of_package(package), expected, "{package}");
        }
    }
}
