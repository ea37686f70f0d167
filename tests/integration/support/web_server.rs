//! A web server on loopback, for one test.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Answers until the tests end.
pub(crate) struct Mirror {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Mirror {
    /// Every connection has one request. `answer` gets its number (from 0), its text in lower case, and the connection.
    pub(crate) fn new(answer: impl Fn(usize, &str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mirror = Self { address: listener.local_addr().unwrap(), heard: Arc::default() };
        let (heard, answer) = (Arc::clone(&mirror.heard), Arc::new(answer));
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (heard, answer) = (Arc::clone(&heard), Arc::clone(&answer));
                thread::spawn(move || {
                    let request = request(&mut stream);
                    let number = {
                        let mut heard = heard.lock().unwrap();
                        heard.push(request.clone());
                        heard.len() - 1
                    };
                    answer(number, &request, &mut stream);
                });
            }
        });
        mirror
    }

    /// Serves a file as good servers do.
    pub(crate) fn of(file: Vec<u8>, etag: &'static str) -> Self {
        Self::new(move |_, request, stream| send(stream, &answer(&file, etag, request)))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// All requests up to now.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn request(stream: &mut TcpStream) -> String {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        text.push(byte[0].to_ascii_lowercase());
    }
    String::from_utf8(text).unwrap()
}

/// Whoever has hung up needs no answer.
pub(crate) fn send(stream: &mut TcpStream, bytes: &[u8]) {
    drop(stream.write_all(bytes));
}

/// The value of a request's header.
pub(crate) fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// An answer with a length and more headers, each with its end of line.
pub(crate) fn respond(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// What a good server answers: the file, or the rest of it if it is still the same.
pub(crate) fn answer(file: &[u8], etag: &str, request: &str) -> Vec<u8> {
    let (length, tag) = (file.len(), format!("ETag: {etag}\r\n"));
    let range = header(request, "range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'));
    let is_same = header(request, "if-range").is_none_or(|theirs| theirs == etag);
    match range.and_then(|start| start.parse::<usize>().ok()).filter(|_| is_same) {
        Some(start) if start < length => {
            let place = format!("{tag}Content-Range: bytes {start}-{}/{length}\r\n", length - 1);
            respond("206 Partial Content", &place, &file[start..])
        }
        Some(_) => respond("416 Range Not Satisfiable", &format!("Content-Range: bytes */{length}\r\n"), b""),
        None => respond("200 OK", &tag, file),
    }
}
