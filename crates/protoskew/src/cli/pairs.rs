//! `protoskew matrix` and `protoskew meet`.

use std::path::Path;

use protoskew::check::{Options, stand};
use protoskew::error::Error;
use protoskew::policy::{Lines, LinkPolicy, Pairs, Peer};
use protoskew::progress::Progress;
use protoskew::project::{Input, Project};
use protoskew::report::{json, matrix as grid, meet as calls};
use protoskew::source::error::{complete, no_protos};
use protoskew_schema::Name;

use super::args::{Format, MatrixArgs, MeetArgs, Shared};
use super::check::current_folder;
use super::{FINE, Failure, output};

pub(super) fn matrix(args: &MatrixArgs, shared: &Shared) -> Result<u8, Failure> {
    matrix_in(&current_folder()?, args, shared)
}

/// Draws the matrix as if `here` were the current folder.
pub(super) fn matrix_in(here: &Path, args: &MatrixArgs, shared: &Shared) -> Result<u8, Failure> {
    let progress = if shared.quiet {
        Progress::silent()
    } else {
        Progress::on_terminal("reading releases")
    };
    let project = Project::open(here, "")?;
    complete(project.repository()?, args.allow_incomplete).map_err(Error::from)?;
    let standing = stand(&project, &worktree())?;
    let mut matrices = Vec::new();
    for link in chosen(&project.links, args.link.as_deref())? {
        let policy = &project.links[link];
        let peers = |component: &Name| -> Result<Vec<Peer>, Error> {
            let own_tags = project
                .component(component)
                .filter(|component| component.tags.is_some());
            let series = match own_tags {
                Some(component) => project.releases(Some(component))?.series,
                None => standing.releases.series.clone(),
            };
            let mut peers: Vec<Peer> = project
                .read_releases(&series)?
                .iter()
                .filter(|released| released.state.judged > 0)
                .map(|released| project.peer(component, released))
                .collect();
            if standing.state.judged > 0 {
                peers.push(project.current(component, &standing.state, standing.version));
            }
            Ok(peers)
        };
        let (clients, servers) = (peers(&policy.client)?, peers(&policy.server)?);
        if clients.is_empty() || servers.is_empty() {
            let label = &standing.state.origin.label;
            let repository = project.repository.as_deref();
            return Err(
                Error::from(no_protos(label, None, repository, Some(&standing.releases))).into(),
            );
        }
        let versions = clients.iter().chain(&servers).map(|peer| peer.version);
        let pairs = Pairs {
            links: &project.links,
            link,
            lines: &Lines::new(versions),
            comparer: &project.comparer,
        };
        progress.now("comparing");
        matrices.push(pairs.matrix(&clients, &servers));
    }
    drop(progress);
    output::answer(shared, |out, screen| {
        for matrix in &matrices {
            match shared.format {
                Format::Text => grid::write(out, matrix, screen)?,
                Format::Json => json::write_matrix(out, matrix)?,
            }
        }
        Ok(())
    })?;
    Ok(FINE)
}

fn worktree() -> Options {
    Options {
        input: Input::Worktree(String::new()),
        against: Vec::new(),
        baseline: None,
        release: None,
        allow_incomplete: true,
        deny_warnings: false,
    }
}

/// Indices of the links to show.
fn chosen(links: &[LinkPolicy], wanted: Option<&str>) -> Result<Vec<usize>, Error> {
    let Some(wanted) = wanted else {
        return Ok((0..links.len()).collect());
    };
    let name = |link: &LinkPolicy| format!("{}:{}", link.client, link.server);
    let found: Vec<usize> = (0..links.len())
        .filter(|&index| name(&links[index]) == wanted)
        .collect();
    if found.is_empty() {
        let names: Vec<String> = links.iter().map(name).collect();
        return Err(Error::usage(format!("there is no link `{wanted}`"))
            .hint(format!("the links here are {}", names.join(", "))));
    }
    Ok(found)
}

pub(super) fn meet(args: &MeetArgs, shared: &Shared) -> Result<u8, Failure> {
    let project = Project::open(&current_folder()?, "")?;
    let standing = stand(&project, &worktree())?;
    let (client_component, client) = named(&args.client);
    let (server_component, server) = named(&args.server);
    let link = project
        .links
        .iter()
        .position(|link| {
            client_component.is_none_or(|name| link.client == name)
                && server_component.is_none_or(|name| link.server == name)
        })
        .ok_or_else(|| {
            Error::usage(format!("no link joins {} and {}", args.client, args.server))
                .hint("name the components of a [[links]] section, client first: protoskew meet CLIENT@1.1.0 SERVER@HEAD")
        })?;
    let policy = &project.links[link];
    let peer = |component: &Name, revision: &str| -> Result<Peer, Error> {
        if revision == "worktree" {
            let mut peer = project.current(component, &standing.state, standing.version);
            peer.name = title(policy, component, &peer.name);
            return Ok(peer);
        }
        let releases = match project
            .component(component)
            .filter(|each| each.tags.is_some())
        {
            Some(found) => project.releases(Some(found))?,
            None => standing.releases.clone(),
        };
        if let Some(release) = releases.named(revision) {
            let released = project.read_releases(std::slice::from_ref(release))?;
            let mut peer = project.peer(component, &released[0]);
            peer.name = title(policy, component, &peer.name);
            return Ok(peer);
        }
        let state = project.state(&Input::Revision(revision.to_owned()))?;
        let mut peer = project.current(component, &state, standing.version);
        peer.name = title(policy, component, revision);
        Ok(peer)
    };
    let client = peer(&policy.client, client)?;
    let server = peer(&policy.server, server)?;
    let lines = Lines::new([client.version, server.version]);
    let pairs = Pairs {
        links: &project.links,
        link,
        lines: &lines,
        comparer: &project.comparer,
    };
    let meeting = pairs.meet(&client, &server);
    output::answer(shared, |out, screen| match shared.format {
        Format::Text => calls::write(out, &meeting, screen),
        Format::Json => json::write_meeting(out, &meeting),
    })?;
    Ok(FINE)
}

/// `runtime@1.1.0` → component and revision; a revision alone has no component.
fn named(text: &str) -> (Option<&str>, &str) {
    match text.split_once('@') {
        Some((component, revision)) if !component.is_empty() && !revision.starts_with('{') => {
            (Some(component), revision)
        }
        _ => (None, text),
    }
}

fn title(link: &LinkPolicy, component: &Name, revision: &str) -> Name {
    let role = if link.configured || component == &link.client || component == &link.server {
        component.as_str()
    } else {
        ""
    };
    format!("{role} {revision}").trim().into()
}
