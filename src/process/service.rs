//! What a service manager is told: the protocol of `sd_notify(3)`, which systemd and others speak.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use super::clock;
use super::os::abstract_address;

/// The service manager, if one has started this process and wants to be told.
#[derive(Debug)]
pub(crate) struct Service {
    socket: UnixDatagram,
    address: SocketAddr,
    /// How often it wants a sign of life.
    pub(crate) watchdog: Option<Duration>,
}

impl Service {
    /// The service manager that the environment names.
    pub(crate) fn of_environment() -> Option<Self> {
        let name = std::env::var_os("NOTIFY_SOCKET")?;
        let watched = |pid: &str| pid.parse() == Ok(std::process::id());
        let pid = std::env::var("WATCHDOG_PID").ok();
        let watchdog = std::env::var("WATCHDOG_USEC").ok().filter(|_| pid.is_none_or(|pid| watched(&pid)));
        let watchdog = watchdog.and_then(|time| time.parse().ok()).filter(|&time| time > 0);
        Self::at(name.as_bytes(), watchdog.map(Duration::from_micros))
    }

    /// The one that listens at this address: a path, or a name behind `@`.
    fn at(name: &[u8], watchdog: Option<Duration>) -> Option<Self> {
        let address = match name.strip_prefix(b"@") {
            Some(name) => abstract_address(name),
            None => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(name)),
        };
        let socket = UnixDatagram::unbound().ok()?;
        // It is told, or not: nothing here waits for it.
        socket.set_nonblocking(true).ok()?;
        Some(Self { socket, address: address.ok()?, watchdog })
    }

    /// All is up; `status` is for readers.
    pub(crate) fn ready(&self, status: &str) {
        self.send(&format!("READY=1\nSTATUS={status}"));
    }

    /// The workers are being replaced; [`Service::ready`] follows.
    pub(crate) fn reloading(&self) {
        self.send(&format!("RELOADING=1\nMONOTONIC_USEC={}", clock::monotonic().as_micros()));
    }

    /// This is the beginning of the end.
    pub(crate) fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// A sign of life.
    pub(crate) fn alive(&self, status: &str) {
        self.send(&format!("WATCHDOG=1\nSTATUS={status}"));
    }

    fn send(&self, message: &str) {
        let _ = self.socket.send_to_addr(message.as_bytes(), &self.address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_path_or_stands_behind_an_at_sign() {
        let name = format!("async-notify-{}", std::process::id());
        let path = std::env::temp_dir().join(&name);
        let mut buffer = [0; 100];
        let mut received = |socket: &UnixDatagram| {
            let length = socket.recv(&mut buffer).unwrap();
            String::from_utf8_lossy(&buffer[..length]).into_owned()
        };
        let socket = UnixDatagram::bind(&path).unwrap();
        Service::at(path.as_os_str().as_bytes(), None).unwrap().ready("2 workers");
        assert_eq!(received(&socket), "READY=1\nSTATUS=2 workers");
        std::fs::remove_file(path).unwrap();
        let address = abstract_address(name.as_bytes()).unwrap();
        let socket = UnixDatagram::bind_addr(&address).unwrap();
        let service = Service::at(format!("@{name}").as_bytes(), None).unwrap();
        service.reloading();
        assert!(received(&socket).starts_with("RELOADING=1\nMONOTONIC_USEC="));
        service.stopping();
        assert_eq!(received(&socket), "STOPPING=1");
        drop(socket);
        service.alive("nobody listens any more");
    }
}
