//! A loopback server over a folder that speaks S3 (path-style GetObject with Range) and plain HTTP GET
//! with Range at once, counts what it serves, and misbehaves on demand.
//!
//! Written on bare sockets: an honest HTTP library refuses to send most of these faults.

mod fault;
mod wire;

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

pub use self::fault::{Fault, Seen};
use self::wire::{Request, parse_range, read_request};

#[derive(Debug)]
struct Planned {
    path_part: String,
    fault: Fault,
    times: usize,
}

#[derive(Debug, Default)]
struct State {
    seen: Vec<Seen>,
    /// Requests forgotten before `seen`.
    forgotten: usize,
    planned: Vec<Planned>,
    delay: Duration,
    link: Option<Link>,
    no_etags: bool,
    busy: usize,
    peak: usize,
}

/// One wire for all replies: what was promised to one keeps the others waiting.
#[derive(Clone, Copy, Debug)]
struct Link {
    bytes_per_second: f64,
    free_at: Instant,
}

/// Bytes that take the wire at a time.
const PIECE: usize = 16 << 10;

#[derive(Debug)]
struct Shared {
    root: PathBuf,
    stop: AtomicBool,
    state: Mutex<State>,
}

/// The running server; stops when dropped. Usable from plain and from async tests.
#[derive(Debug)]
pub struct Bucket {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Bucket {
    /// Serves the folder: `root/bucket/key` is S3 object `key` of `bucket`, and `{url}/bucket/key`.
    pub fn serve(root: &Path) -> Bucket {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared =
            Arc::new(Shared { root: root.to_owned(), stop: AtomicBool::new(false), state: Mutex::default() });
        let server = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if server.stop.load(Ordering::Relaxed) {
                    return;
                }
                let server = Arc::clone(&server);
                if let Ok(stream) = stream {
                    std::thread::spawn(move || server.connection(stream));
                }
            }
        });
        Bucket { address, shared }
    }

    /// `http://127.0.0.1:port`, for both S3 endpoint and plain addresses.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next `times` requests whose path contains `path_part` meet the fault; faults queue up.
    /// `usize::MAX` means for ever.
    pub fn fail(&self, path_part: &str, fault: Fault, times: usize) {
        self.shared.state().planned.push(Planned { path_part: path_part.to_owned(), fault, times });
    }

    /// Ends all faults.
    pub fn heal(&self) {
        self.shared.state().planned.clear();
    }

    /// Every reply waits this long first.
    pub fn delay(&self, delay: Duration) {
        self.shared.state().delay = delay;
    }

    /// All bodies together pass at this pace from now on.
    pub fn bandwidth(&self, bytes_per_second: f64) {
        self.shared.state().link = Some(Link { bytes_per_second, free_at: Instant::now() });
    }

    /// From now on no reply says which version of the object it is.
    pub fn without_etags(&self) {
        self.shared.state().no_etags = true;
    }

    /// Most replies that were under way at the same time.
    pub fn peak(&self) -> usize {
        self.shared.state().peak
    }

    /// All requests so far, in order of arrival.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.state().seen.clone()
    }

    /// Requests so far.
    pub fn requests(&self) -> usize {
        self.shared.state().seen.len()
    }

    /// Requests and bytes of body by path.
    pub fn by_path(&self) -> BTreeMap<String, (u64, u64)> {
        let mut sums = BTreeMap::new();
        for seen in &self.shared.state().seen {
            let sum: &mut (u64, u64) = sums.entry(seen.path.clone()).or_default();
            *sum = (sum.0 + 1, sum.1 + seen.bytes);
        }
        sums
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        let mut state = self.shared.state();
        state.forgotten += state.seen.len();
        state.seen.clear();
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn connection(&self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let Ok(reading) = stream.try_clone() else { return };
        let mut reader = BufReader::new(reading);
        let mut stream = stream;
        while let Some(request) = read_request(&mut reader) {
            {
                let mut state = self.state();
                state.busy += 1;
                state.peak = state.peak.max(state.busy);
            }
            let go_on = self.reply(&request, &mut stream);
            self.state().busy -= 1;
            if !matches!(go_on, Ok(true)) {
                break;
            }
        }
        let _ = stream.shutdown(Shutdown::Both);
    }

    /// The fault that this request meets.
    fn next_fault(&self, path: &str) -> Option<Fault> {
        let mut state = self.state();
        let planned = state.planned.iter_mut().find(|p| p.times > 0 && path.contains(&p.path_part))?;
        if planned.times != usize::MAX {
            planned.times -= 1;
        }
        Some(planned.fault.clone())
    }

    /// Sends a reply; whether the connection may go on.
    fn reply(&self, request: &Request, stream: &mut TcpStream) -> std::io::Result<bool> {
        let delay = self.state().delay;
        std::thread::sleep(delay);
        let fault = self.next_fault(&request.path);
        let header = |name: &str| request.headers.get(name).cloned();
        let slot = {
            let mut state = self.state();
            state.seen.push(Seen {
                path: request.path.clone(),
                range: header("range"),
                if_match: header("if-match"),
                signed: request.headers.contains_key("authorization"),
                status: 0,
                bytes: 0,
            });
            state.forgotten + state.seen.len() - 1
        };
        let note = |status: u16, bytes: usize| {
            let mut state = self.state();
            let slot = slot.checked_sub(state.forgotten);
            if let Some(seen) = slot.and_then(|slot| state.seen.get_mut(slot)) {
                seen.status = status;
                seen.bytes += bytes as u64;
            }
        };
        let error = |stream: &mut TcpStream, status: u16, code: &str, extra: &str| {
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{code}</Message></Error>"
            );
            note(status, body.len());
            write!(
                stream,
                "HTTP/1.1 {status} {code}\r\nContent-Type: application/xml\r\n{extra}Content-Length: {}\r\n\r\n{body}",
                body.len()
            )?;
            Ok(true)
        };
        match &fault {
            Some(Fault::Status(status, code)) => return error(stream, *status, code, ""),
            Some(Fault::RetryAfter(value)) => {
                return error(stream, 429, "TooManyRequests", &format!("Retry-After: {value}\r\n"));
            }
            Some(Fault::Redirect(to)) => return error(stream, 302, "Found", &format!("Location: {to}\r\n")),
            Some(Fault::Reset) => return Ok(false),
            Some(Fault::StallHeaders) => return self.stall(stream),
            Some(Fault::EndlessHeader) => {
                write!(stream, "HTTP/1.1 206 Partial Content\r\n")?;
                for i in 0..200_000u32 {
                    write!(stream, "X-Filler-{i}: {}\r\n", "x".repeat(100))?;
                }
                return Ok(false);
            }
            _ => {}
        }
        let Some(mut body) = self.object(&request.path) else {
            return error(stream, 404, "NoSuchKey", "");
        };
        let mut etag = format!("\"{:08x}\"", libdeflater::crc32(&body));
        if fault == Some(Fault::ChangedEtag) {
            etag = "\"changed\"".to_owned();
        }
        if header("if-match").is_some_and(|wanted| wanted != etag) {
            return error(stream, 412, "PreconditionFailed", "");
        }
        if let Some(Fault::Corrupt(at)) = fault
            && let Some(byte) = body.get_mut(at as usize)
        {
            *byte = !*byte;
        }
        let total = body.len();
        let ignore = matches!(fault, Some(Fault::IgnoreRange | Fault::IgnoreRangeChunked));
        let range = header("range").filter(|_| !ignore);
        let range = match range.map(|text| parse_range(&text, total)) {
            None => None,
            Some(Some(range)) => Some(range),
            Some(None) => {
                return error(stream, 416, "InvalidRange", &format!("Content-Range: bytes */{total}\r\n"));
            }
        };
        let status = if range.is_some() { 206 } else { 200 };
        let sent = &body[range.clone().unwrap_or(0..total)];
        let mut head =
            format!("HTTP/1.1 {status} OK\r\nContent-Type: image/tiff\r\nAccept-Ranges: bytes\r\n");
        if !self.state().no_etags {
            head += &format!("ETag: {etag}\r\n");
        }
        if let Some(range) = &range
            && fault != Some(Fault::NoContentRange)
        {
            let shift = if let Some(Fault::ContentRange(n)) = fault { n as usize } else { 0 };
            head += &format!(
                "Content-Range: bytes {}-{}/{total}\r\n",
                range.start + shift,
                range.end - 1 + shift
            );
        }
        if fault == Some(Fault::Gzip) {
            head += "Content-Encoding: gzip\r\n";
        }
        if fault == Some(Fault::IgnoreRangeChunked) {
            write!(stream, "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", sent.len())?;
            note(status, sent.len());
            stream.write_all(sent)?;
            write!(stream, "\r\n0\r\n\r\n")?;
            return Ok(true);
        }
        let lie = if let Some(Fault::ContentLength(n)) = fault { n } else { 0 };
        write!(stream, "{head}Content-Length: {}\r\n\r\n", sent.len() as i64 + lie)?;
        match fault {
            Some(Fault::StallBody(n) | Fault::CutBody(n)) => {
                let part = &sent[..n.min(sent.len())];
                note(status, part.len());
                stream.write_all(part)?;
                stream.flush()?;
                if matches!(fault, Some(Fault::CutBody(_))) { Ok(false) } else { self.stall(stream) }
            }
            Some(Fault::Drip(pause)) => {
                for byte in sent {
                    note(status, 1);
                    stream.write_all(&[*byte])?;
                    std::thread::sleep(pause);
                }
                Ok(true)
            }
            _ => {
                note(status, sent.len());
                for piece in sent.chunks(PIECE) {
                    self.take_the_wire(piece.len());
                    stream.write_all(piece)?;
                }
                Ok(lie == 0)
            }
        }
    }

    /// Waits until so many bytes have passed the link, if there is one.
    fn take_the_wire(&self, bytes: usize) {
        let now = Instant::now();
        let until = self.state().link.as_mut().map(|link| {
            link.free_at =
                link.free_at.max(now) + Duration::from_secs_f64(bytes as f64 / link.bytes_per_second);
            link.free_at
        });
        if let Some(until) = until {
            std::thread::sleep(until.saturating_duration_since(now));
        }
    }

    /// Says nothing until the client hangs up or the server stops.
    fn stall(&self, stream: &mut TcpStream) -> std::io::Result<bool> {
        stream.set_read_timeout(Some(Duration::from_millis(20)))?;
        let mut byte = [0];
        while !self.stop.load(Ordering::Relaxed) {
            match stream.read(&mut byte) {
                Ok(0) => break,
                Err(e)
                    if !matches!(e.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
                {
                    break;
                }
                _ => {}
            }
        }
        Ok(false)
    }

    fn object(&self, path: &str) -> Option<Vec<u8>> {
        let inside = !path.split('/').any(|part| part == "..");
        inside.then(|| std::fs::read(self.root.join(path.trim_start_matches('/'))).ok())?
    }
}
