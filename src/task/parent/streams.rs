//! Streams of channels, for event loops of the application: readable while a message can be received, once the channel
//! is closed, and when no process is left that could send.
//!
//! The first two are told by who sends and closes. A process that is killed tells nothing: so the stream is readable,
//! too, when a child of this process has ended and is not reaped yet, and then until this process has looked which
//! processes are left. Others than its own children can only be the last ones below those.

use std::os::fd::OwnedFd;
use std::rc::Rc;

use nix::errno::Errno;

use crate::process::fork::Refused;
use crate::process::os::{Poller, Queue, Token, Trigger};
use crate::process::shared::message_ring::MessageRing;
use crate::task::life::state::state;
use crate::task::parent::messages;
use crate::task::workers::spawn;

/// A descriptor for an event loop; `None` if the ring has none.
///
/// # Errors
///
/// When no descriptor is available, or the kernel cannot watch one more.
pub(crate) fn descriptor(ring: &Rc<MessageRing>) -> Result<Option<OwnedFd>, Refused> {
    let Some(descriptor) = ring.watch() else {
        return Ok(None);
    };
    spawn::ensure_reactor()?;
    let all = Queue::new().map_err(Refused::by("epoll_create"))?;
    let watch = || {
        all.add(descriptor, Token(0), Trigger::Level)?;
        let mut reactor = state().reactor.borrow_mut();
        let deaths = reactor.as_mut().ok_or(Errno::EBADF)?.deaths()?;
        all.add(deaths, Token(1), Trigger::Level)
    };
    watch().map_err(Refused::by("epoll_ctl"))?;
    let mut streams = state().streams.take();
    streams.retain(|other| other.strong_count() > 0);
    streams.push(Rc::downgrade(ring));
    state().streams.set(streams);
    look_at(ring);
    all.into_descriptor().map(Some).map_err(Refused::by("kqueue"))
}

/// Children have ended, or what they ran, or there is a new one: looks which channels with a stream are deserted now.
#[cold]
pub(crate) fn look() {
    let streams: Vec<_> = state().streams.borrow().iter().filter_map(std::rc::Weak::upgrade).collect();
    for ring in streams {
        look_at(&ring);
    }
}

/// A channel that no other process has had yet waits for one, and is not deserted.
fn look_at(ring: &MessageRing) {
    if ring.was_shared() {
        messages::is_deserted(ring);
    }
}
