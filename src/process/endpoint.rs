//! A very small HTTP server, for whoever asks how this process is: it answers `GET`, closes the connection, and waits for
//! nobody. Its descriptor is readable when there is something to do.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use super::os::{Poller, Queue, Token, Trigger};

/// The most connections at a time: one more takes the place of the one that has said nothing for the longest.
const CONNECTIONS: usize = 16;
/// How many connections are taken at a time.
const BACKLOG: usize = 128;
/// The longest request that is read.
const REQUEST: usize = 8 << 10;
/// How long a client may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The server.
#[derive(Debug)]
pub(crate) struct Endpoint {
    listener: TcpListener,
    /// The oldest first.
    connections: Vec<Connection>,
    queue: Queue,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The status: `200 OK`.
    pub(crate) status: &'static str,
    /// The type of the body.
    pub(crate) kind: &'static str,
    /// The body.
    pub(crate) body: String,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    response: Vec<u8>,
    written: usize,
    since: Instant,
}

/// How far a connection is.
#[derive(Debug, PartialEq, Eq)]
enum Progress {
    Underway,
    Over,
}

impl Endpoint {
    /// Listens at `address`.
    ///
    /// # Errors
    ///
    /// When that is in use, or not this machine's.
    pub(crate) fn at(address: SocketAddr) -> io::Result<Self> {
        Self::of(TcpListener::bind(address)?)
    }

    /// Answers at a socket that listens already.
    ///
    /// # Errors
    ///
    /// When there is no descriptor.
    pub(crate) fn of(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let queue = Queue::new()?;
        queue.add(&listener, Token::default(), Trigger::Level)?;
        Ok(Self { listener, connections: Vec::new(), queue })
    }

    /// The socket that listens.
    pub(crate) fn listener(&self) -> &TcpListener {
        &self.listener
    }

    /// A descriptor that is readable when [`Endpoint::serve`] has something to do.
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.queue.descriptor().as_fd()
    }

    /// Does what can be done without waiting. `answer` is given the path of each request.
    pub(crate) fn serve(&mut self, answer: impl Fn(&str) -> Answer) {
        let queue = &self.queue;
        self.connections.retain_mut(|connection| connection.go_on(queue, &answer) == Progress::Underway);
        // Others wait in the kernel for the next time.
        for _ in 0..BACKLOG {
            let Ok((stream, _)) = self.listener.accept() else {
                break;
            };
            if stream.set_nonblocking(true).is_err()
                || queue.add(&stream, Token::default(), Trigger::Level).is_err()
            {
                continue;
            }
            let mut connection = Connection::new(stream);
            if connection.go_on(queue, &answer) == Progress::Over {
                continue;
            }
            if self.connections.len() >= CONNECTIONS {
                let silent = self.connections.iter().position(|connection| connection.response.is_empty());
                drop(self.connections.remove(silent.unwrap_or(0)));
            }
            self.connections.push(connection);
        }
        self.queue.refresh();
    }
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Self { stream, request: Vec::new(), response: Vec::new(), written: 0, since: Instant::now() }
    }

    /// When it is over, the stream is closed, and with that no longer waited for.
    fn go_on(&mut self, queue: &Queue, answer: impl Fn(&str) -> Answer) -> Progress {
        if self.since.elapsed() >= PATIENCE {
            return Progress::Over;
        }
        if self.response.is_empty() {
            match self.receive() {
                Ok(false) => return Progress::Underway,
                Ok(true) => self.response = respond(&self.request, answer),
                Err(_) => return Progress::Over,
            }
        }
        while let Some(rest) = self.response.get(self.written..).filter(|rest| !rest.is_empty()) {
            match self.stream.write(rest) {
                Ok(0) => return Progress::Over,
                Ok(count) => self.written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return match queue.want_room(&self.stream, Token::default()) {
                        Ok(()) => Progress::Underway,
                        Err(_) => Progress::Over,
                    };
                }
                Err(_) => return Progress::Over,
            }
        }
        Progress::Over
    }

    /// True when the head of the request is there.
    fn receive(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.request.extend(buffer.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
            if self.request.windows(4).any(|window| window == b"\r\n\r\n") || self.request.len() > REQUEST {
                return Ok(true);
            }
        }
    }
}

fn respond(request: &[u8], answer: impl Fn(&str) -> Answer) -> Vec<u8> {
    let line = request.split(|&byte| byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split(' ');
    let refused = |status| Answer { status, kind: "text/plain; charset=utf-8", body: format!("{status}\n") };
    let (method, path) = (words.next(), words.next());
    let is_http = words.next().is_some_and(|version| version.starts_with("HTTP/"));
    let Answer { status, kind, body } = match (method, path) {
        _ if request.len() > REQUEST => refused("431 Request Header Fields Too Large"),
        (Some("GET"), Some(path)) if is_http => answer(path.split('?').next().unwrap_or_default()),
        (Some(_), Some(_)) if is_http => refused("405 Method Not Allowed"),
        _ => refused("400 Bad Request"),
    };
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::os::fd::AsRawFd;

    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    use super::*;

    fn answer(path: &str) -> Answer {
        Answer {
            status: "200 OK",
            kind: "text/plain",
            body: path.repeat(if path == "/large" { 1 << 20 } else { 1 }),
        }
    }

    /// What a client gets that sends `request`.
    fn ask(endpoint: &mut Endpoint, request: &[u8]) -> String {
        let address = endpoint.listener.local_addr().unwrap();
        let mut client = TcpStream::connect(address).unwrap();
        let (first, second) = request.split_at(request.len() / 2);
        client.write_all(first).unwrap();
        endpoint.serve(answer);
        client.write_all(second).unwrap();
        client.set_nonblocking(true).unwrap();
        let (mut text, mut buffer) = (Vec::new(), [0; 1 << 13]);
        loop {
            let _ =
                poll(&mut [PollFd::new(endpoint.descriptor(), PollFlags::POLLIN)], PollTimeout::from(1_u8));
            endpoint.serve(answer);
            match client.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Ok(0) | Err(_) => return String::from_utf8(text).unwrap(),
                Ok(count) => text.extend(&buffer[..count]),
            }
        }
    }

    /// When this one closes the connection, it is an error for the other side.
    fn reset(client: &TcpStream) {
        let linger = libc::linger { l_onoff: 1, l_linger: 0 };
        let length = libc::socklen_t::try_from(size_of::<libc::linger>()).unwrap();
        // SAFETY: a descriptor that is open, and a value of that length.
        let set = unsafe {
            libc::setsockopt(
                client.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_LINGER,
                (&raw const linger).cast(),
                length,
            )
        };
        assert_eq!(set, 0);
    }

    #[test]
    fn requests_are_answered_however_they_come() {
        let mut endpoint = Endpoint::at((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let text = ask(&mut endpoint, b"GET /metrics?a=b HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\n/metrics"), "{text}");
        let large = ask(&mut endpoint, b"GET /large HTTP/1.0\r\n\r\n");
        assert!(large.ends_with(&"/large".repeat(1 << 20)));
        assert!(ask(&mut endpoint, b"POST / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
        assert!(ask(&mut endpoint, b"nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
        assert!(ask(&mut endpoint, &[b'x'; REQUEST + 1]).starts_with("HTTP/1.1 431 "));
        assert!(endpoint.connections.is_empty());
    }

    #[test]
    fn clients_that_say_nothing_take_neither_all_places_nor_all_time() {
        let mut endpoint = Endpoint::at((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = endpoint.listener.local_addr().unwrap();
        let is_readable = |endpoint: &Endpoint| {
            poll(&mut [PollFd::new(endpoint.descriptor(), PollFlags::POLLIN)], PollTimeout::ZERO) == Ok(1)
        };
        let clients: Vec<_> = (0..=CONNECTIONS).map(|_| TcpStream::connect(address).unwrap()).collect();
        assert!(ask(&mut endpoint, b"GET /a HTTP/1.1\r\n\r\n").ends_with("/a"));
        assert!(endpoint.connections.len() <= CONNECTIONS);
        assert!(!is_readable(&endpoint), "nobody waits");
        assert_eq!((&clients[0]).read(&mut [0]).unwrap(), 0, "the first one has made room");
        for connection in &mut endpoint.connections {
            connection.since -= PATIENCE;
        }
        endpoint.serve(answer);
        assert!(endpoint.connections.is_empty());
        drop(clients);
    }

    #[test]
    fn an_address_in_use_is_an_error() {
        let endpoint = Endpoint::at((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = endpoint.listener.local_addr().unwrap();
        assert_eq!(Endpoint::at(address).unwrap_err().kind(), ErrorKind::AddrInUse);
    }

    #[test]
    fn what_is_not_http_is_refused_and_who_goes_away_is_forgotten() {
        let mut endpoint = Endpoint::at((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        for request in [&b"GET /a FTP/1.1\r\n\r\n"[..], b"POST /a FTP/1.1\r\n\r\n", b"GET /a\r\n\r\n"] {
            assert!(ask(&mut endpoint, request).starts_with("HTTP/1.1 400 "));
        }
        let address = endpoint.listener.local_addr().unwrap();
        let is_readable = |endpoint: &Endpoint| {
            poll(&mut [PollFd::new(endpoint.descriptor(), PollFlags::POLLIN)], PollTimeout::from(5_000_u16))
        };
        // Before the request is there, and before the answer is written.
        for request in [&b"GET /large"[..], b"GET /large HTTP/1.1\r\n\r\n"] {
            let mut client = TcpStream::connect(address).unwrap();
            client.write_all(request).unwrap();
            while endpoint.connections.is_empty() {
                assert_eq!(is_readable(&endpoint), Ok(1));
                endpoint.serve(answer);
            }
            reset(&client);
            drop(client);
            while !endpoint.connections.is_empty() {
                assert_eq!(is_readable(&endpoint), Ok(1));
                endpoint.serve(answer);
            }
        }
    }
}
