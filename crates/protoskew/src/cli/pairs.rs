//! `protoskew matrix` and `protoskew meet`.

use std::path::Path;

use protoskew::check::{Options, stand, waivers};
use protoskew::error::Error;
use protoskew::matrix::Gate;
use protoskew::policy::{Lines, LinkPolicy, Pairs, Peer};
use protoskew::progress::Progress;
use protoskew::project::{Input, Project};
use protoskew::report::{gate as gated, json, matrix as grid, meet as calls};
use protoskew::source::error::no_protos;
use protoskew::waivers::Waivers;
use protoskew_schema::Name;

use super::args::{Format, MatrixArgs, MeetArgs, Shared};
use super::check::{current_folder, is_image, today};
use super::{DENIED, FINE, Failure, output};

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
    let mut notes = project.complete(args.allow_incomplete)?;
    let options = Options {
        baseline: args.baseline.clone(),
        ..asked(Input::Worktree(String::new()))
    };
    let standing = stand(&project, &options)?;
    let start = match &standing.baseline {
        Some(baseline) if args.gate => Some(project.commit(baseline.commit, &baseline.label)?),
        _ => None,
    };
    let waivers = if args.gate {
        waivers(&project, &standing, Some(today()?))?
    } else {
        Waivers::default()
    };
    let is_json = |format: Format| matches!(format, Format::Json);
    let mut beside = shared.beside.iter();
    let shown = is_json(shared.format) || beside.any(|(format, _)| is_json(*format));
    let mut matrices = Vec::new();
    let mut gates = Vec::new();
    project.names_exist(&standing.state)?;
    for link in chosen(&project.links, args.link.as_deref())? {
        let policy = &project.links[link];
        let mut peers = |component: &Name| -> Result<Vec<Peer>, Error> {
            let spoken = project.spoken(component)?;
            for note in &spoken.notes {
                if !notes.contains(note) {
                    notes.push(note.clone());
                }
            }
            let numbers = project.numbers(policy, component)?;
            let mut peers: Vec<Peer> = spoken
                .released
                .iter()
                .zip(numbers)
                .filter(|(released, _)| released.state.judged > 0)
                .map(|(released, number)| project.peer(component, released, number))
                .collect();
            if standing.state.judged > 0 && project.may_become(component) {
                let number = standing.number(&project, policy, component)?;
                let age = project.age_of_worktree(component, standing.version);
                peers.push(project.current(component, &standing.state, number, age));
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
        let versions = clients
            .iter()
            .chain(&servers)
            .map(|peer| peer.number.counted);
        let pairs = Pairs {
            links: &project.links,
            link,
            lines: &Lines::new(versions),
            comparer: &project.comparer,
        };
        progress.now("comparing");
        matrices.push(pairs.matrix(&clients, &servers, shown));
        if args.gate && clients.iter().chain(&servers).any(|peer| peer.current) {
            let before = start.as_ref().map(|start| &start.indexed);
            let baseline = standing.baseline.as_ref();
            gates.push(Gate {
                baseline: baseline.map_or("the beginning".to_owned(), |each| each.phrase.clone()),
                ..pairs.gate(&clients, &servers, before, &waivers)
            });
        }
    }
    if args.gate && gates.is_empty() {
        return Err(Error::usage(
            "the gate has nothing to judge: no component of these links speaks protos that are here",
        )
        .hint("run it in the repository that holds the protos")
        .into());
    }
    drop(progress);
    for note in notes {
        output::note(shared, &note);
    }
    output::answers(shared, |out, screen, format| {
        for matrix in &matrices {
            match format {
                Format::Text => grid::write(out, matrix, screen)?,
                Format::Json => json::write_matrix(out, matrix)?,
            }
        }
        for gate in &gates {
            match format {
                Format::Text => gated::write(out, gate, screen)?,
                Format::Json => json::write_gate(out, gate)?,
            }
        }
        Ok(())
    })?;
    let closed = gates.iter().any(|gate| !gate.broken.is_empty());
    Ok(if closed { DENIED } else { FINE })
}

/// Where this stands among the releases, with nothing else asked.
fn asked(input: Input) -> Options {
    Options {
        allow_incomplete: true,
        ..Options::of(input)
    }
}

/// Indices of the links to show.
fn chosen(links: &[LinkPolicy], wanted: Option<&str>) -> Result<Vec<usize>, Error> {
    let Some(wanted) = wanted else {
        return Ok((0..links.len()).collect());
    };
    let found: Vec<usize> = (0..links.len())
        .filter(|&index| links[index].name() == wanted)
        .collect();
    if found.is_empty() {
        let names: Vec<String> = links.iter().map(LinkPolicy::name).collect();
        return Err(Error::usage(format!("there is no link `{wanted}`"))
            .hint(format!("the links here are {}", names.join(", "))));
    }
    Ok(found)
}

pub(super) fn meet(args: &MeetArgs, shared: &Shared) -> Result<u8, Failure> {
    let project = Project::open(&current_folder()?, "")?;
    let (client, server) = (Named::of(&args.client), Named::of(&args.server));
    let joins = |link: &LinkPolicy| {
        let fits =
            |named: &Named<'_>, name: &Name| named.component.is_none_or(|wanted| name == wanted);
        fits(&client, &link.client) && fits(&server, &link.server)
    };
    let links = &project.links;
    let link = links
        .iter()
        .position(|link| link.configured && joins(link))
        // without configuration the sides have no names, and any will do
        .or_else(|| links.iter().position(|link| !link.configured))
        .ok_or_else(|| {
            Error::usage(format!("no link joins {} and {}", args.client, args.server))
                .hint("name the components of a [[links]] section, client first: protoskew meet CLIENT@1.1.0 SERVER@HEAD")
        })?;
    let policy = &project.links[link];
    let client = client.peer(&project, policy, &policy.client)?;
    let server = server.peer(&project, policy, &policy.server)?;
    let lines = Lines::new([client.number.counted, server.number.counted]);
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

/// One side of a meeting as it was typed: `runtime@1.1.0`, or a revision alone.
struct Named<'a> {
    component: Option<&'a str>,
    revision: &'a str,
}

impl<'a> Named<'a> {
    fn of(text: &'a str) -> Self {
        match text.split_once('@') {
            // `HEAD@{1}` is a revision of git's own
            Some((component, revision)) if !component.is_empty() && !revision.starts_with('{') => {
                Self {
                    component: Some(component),
                    revision,
                }
            }
            _ => Self {
                component: None,
                revision: text,
            },
        }
    }

    /// The release, commit or worktree that is meant, as one side of the link.
    fn peer(&self, project: &Project, link: &LinkPolicy, component: &Name) -> Result<Peer, Error> {
        let mut peer = self.unnamed(project, link, component)?;
        let role = self.component.unwrap_or(component);
        peer.name = format!("{role} {}", peer.name).into();
        Ok(peer)
    }

    fn unnamed(
        &self,
        project: &Project,
        link: &LinkPolicy,
        component: &Name,
    ) -> Result<Peer, Error> {
        if self.revision == "worktree" {
            if !project.may_become(component) {
                return Err(Error::usage(format!(
                    "the worktree holds no protos that {component} speaks"
                ))
                .hint(format!("name a release of it: {component}@1.0.0")));
            }
            let standing = stand(project, &asked(Input::Worktree(String::new())))?;
            let number = standing.number(project, link, component)?;
            let age = project.age_of_worktree(component, standing.version);
            return Ok(project.current(component, &standing.state, number, age));
        }
        let here = current_folder()?;
        let file = here.join(self.revision);
        if project.repository()?.resolve(self.revision).is_err() && is_image(&file, self.revision)?
        {
            let standing = stand(project, &asked(Input::Image(self.revision.into())))?;
            let number = standing.number(project, link, component)?;
            let age = project.age_of_worktree(component, standing.version);
            return Ok(project.current(component, &standing.state, number, age));
        }
        let releases = project.releases_of(component)?;
        if let Some(release) = releases.named(self.revision) {
            let (state, age) = project.spoken_at(component, &release.tag, &release.name)?;
            let number = project.number(link, component, release)?;
            let mut peer = project.current(component, &state, number, age);
            peer.current = false;
            return Ok(peer);
        }
        let (state, mut age) = project.spoken_at(component, self.revision, self.revision)?;
        let number = if project.numbered_as_here(component) {
            let standing = stand(project, &asked(Input::Revision(self.revision.to_owned())))?;
            age.version = age.version.or(Some(standing.version));
            standing.number(project, link, component)?
        } else {
            stand(project, &asked(Input::Worktree(String::new())))?
                .number(project, link, component)?
        };
        Ok(project.current(component, &state, number, age))
    }
}
