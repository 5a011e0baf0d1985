//! Bytes of objects: from packs, in their order and in parallel; from the remote where the clone is partial.

use std::sync::{Arc, PoisonError};

use gix::ObjectId;
use gix::odb::pack::Find as _;
use gix::prelude::Find as _;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::repository::{missing, object_error};
use crate::{BlobId, ErrorKind, GitError, Repository, Result};

/// Larger blobs are no `.proto` files; refusing them bounds memory.
const MAX_SIZE: u64 = 1 << 30;

/// From how many blobs on it pays to sort and share the work.
const MANY: usize = 64;

impl Repository {
    /// The bytes of each blob, in the order asked for; each distinct blob is read once.
    pub fn read_blobs(&self, ids: &[BlobId]) -> Result<Vec<Arc<[u8]>>> {
        let mut distinct: Vec<ObjectId> = ids.iter().map(|id| id.0).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let found = if distinct.len() < MANY {
            let handle = self.local();
            let mut buffer = Vec::new();
            distinct
                .iter()
                .map(|&id| try_read(&handle, id, &mut buffer))
                .collect::<Result<Vec<_>>>()?
        } else {
            self.in_pack_order(&mut distinct);
            distinct
                .par_chunks(MANY)
                .map_init(
                    || (self.handle(), Vec::new()),
                    |(handle, buffer), ids| {
                        ids.iter()
                            .map(|&id| try_read(handle, id, buffer))
                            .collect::<Result<Vec<_>>>()
                    },
                )
                .collect::<Result<Vec<_>>>()?
                .concat()
        };
        let mut by_id: FxHashMap<ObjectId, Option<Arc<[u8]>>> =
            distinct.into_iter().zip(found).collect();
        self.fetch_missing(&mut by_id)?;
        Ok(ids
            .iter()
            .map(|id| by_id[&id.0].clone().expect("all were found or fetched"))
            .collect())
    }

    /// Neighbours in a pack share their bases: reading them one after the other inflates each base once.
    fn in_pack_order(&self, ids: &mut Vec<ObjectId>) {
        let mut handle = self.handle().objects.into_inner();
        handle.prevent_pack_unload();
        handle.ignore_replacements = true;
        let mut buffer = Vec::new();
        let mut placed: Vec<_> = ids
            .iter()
            .map(|&id| {
                let place = handle.location_by_oid(&id, &mut buffer).ok().flatten();
                (place.map(|at| (at.pack_id, at.pack_offset)), id)
            })
            .collect();
        placed.sort_unstable();
        *ids = placed.into_iter().map(|(_, id)| id).collect();
    }

    fn fetch_missing(&self, blobs: &mut FxHashMap<ObjectId, Option<Arc<[u8]>>>) -> Result<()> {
        let mut absent: Vec<ObjectId> = blobs
            .iter()
            .filter(|(_, bytes)| bytes.is_none())
            .map(|(&id, _)| id)
            .collect();
        absent.sort_unstable();
        let Some(&first) = absent.first() else {
            return Ok(());
        };
        if !self.is_partial() {
            return Err(missing(first, "file"));
        }
        let mut cat_file = self.cat_file.lock().unwrap_or_else(PoisonError::into_inner);
        if absent.len() > 1
            && let Some(remote) = &self.promisor
        {
            cat_file.prefetch(&absent, remote);
        }
        for id in absent {
            let bytes = cat_file.read(id)?;
            blobs.insert(id, Some(bytes.into()));
        }
        Ok(())
    }

    /// Reads an object of any kind; the kind is unknown where git had to fetch it.
    pub(crate) fn read_object(
        &self,
        handle: &gix::Repository,
        id: ObjectId,
        what: &str,
        buffer: &mut Vec<u8>,
    ) -> Result<Option<gix::object::Kind>> {
        let found = handle
            .objects
            .try_find(&id, buffer)
            .map_err(|error| object_error(id, what, error))?
            .map(|data| data.kind);
        if found.is_some() {
            return Ok(found);
        }
        if !self.is_partial() {
            return Err(missing(id, what));
        }
        let mut cat_file = self.cat_file.lock().unwrap_or_else(PoisonError::into_inner);
        *buffer = cat_file.read(id)?;
        Ok(None)
    }
}

fn try_read(
    handle: &gix::Repository,
    id: ObjectId,
    buffer: &mut Vec<u8>,
) -> Result<Option<Arc<[u8]>>> {
    let damaged = |error| object_error(id, "file", error);
    let header = handle.try_find_header(id).map_err(damaged)?;
    if let Some(header) = header
        && header.size() > MAX_SIZE
    {
        return Err(GitError::new(
            ErrorKind::TooLarge,
            format!("file {id} has {} bytes", header.size()),
        )
        .hint("a `.proto` file of more than a gigabyte is none: leave it out by configuration"));
    }
    let data = handle.objects.try_find(&id, buffer).map_err(damaged)?;
    Ok(data.map(|data| Arc::from(data.data)))
}
