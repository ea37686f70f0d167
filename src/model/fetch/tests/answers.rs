//! Responses that are not what was requested.

use super::*;

#[test]
fn what_was_downloaded_of_another_version_is_deleted() {
    let old = &bytes(2)[..HALF];
    // The server honours If-Range: it sends the whole file.
    let mirror = Mirror::of(bytes(1), "\"two\"");
    Home::new().with_part(old, ETAG).gets(&mirror);
    assert_eq!((header(&mirror.heard()[0], "if-range"), mirror.heard().len()), (Some(ETAG), 1));
    // It ignores If-Range: the response is a part of another version.
    let mirror = Mirror::new(|_, request, stream| {
        send(stream, &answer(&bytes(1), "\"two\"", &request.replace("if-range", "x")));
    });
    Home::new().with_part(old, ETAG).gets(&mirror);
    assert_eq!(ranges(&mirror), [Some(format!("bytes={HALF}-")), None]);
    // The server does not support ranges.
    let mirror = Mirror::new(|_, _, stream| send(stream, &respond("200 OK", "", &bytes(1))));
    Home::new().with_part(old, ETAG).gets(&mirror);
    // Another range than the requested one.
    let mirror = Mirror::new(|number, request, stream| {
        let answer = answer(&bytes(1), ETAG, request);
        let text = String::from_utf8_lossy(&answer[..200]).replace("bytes 100000-", "bytes 100001-");
        send(stream, if number == 0 { text.as_bytes() } else { &answer });
    });
    Home::new().with_part(&bytes(1)[..HALF], ETAG).gets(&mirror);
    // The range is beyond the end of the file.
    let mirror = Mirror::new(|number, request, stream| match number {
        0 => send(stream, &respond("416 Range Not Satisfiable", "", b"")),
        _ => send(stream, &answer(&bytes(1), ETAG, request)),
    });
    Home::new().with_part(old, ETAG).gets(&mirror);
    assert_eq!(ranges(&mirror), [Some(format!("bytes={HALF}-")), None]);
}

#[test]
fn other_bytes_under_the_name_are_deleted() {
    for home in [Home::new(), Home::new().with_part(&bytes(2)[..HALF], ETAG)] {
        let line = home.fails(&Mirror::of(bytes(2), ETAG));
        assert!(line.contains("its CDN has served other bytes under this name; they were deleted"), "{line}");
        assert!(line.contains(home.spec.weights.sha256.as_ref().unwrap()), "{line}");
        assert_eq!(home.files(), [""; 0]);
    }
}

#[test]
fn a_file_of_another_size_is_not_kept() {
    let line = "127.0.0.1 has 300001 bytes, and cnn14 has 300000: it serves another file under this name";
    for found in [SIZE - 1, SIZE + 1, 0] {
        let mut file = bytes(1);
        file.resize(found, 0);
        for home in [Home::new(), Home::new().with_part(&bytes(1)[..HALF], ETAG)] {
            let error = home.fails(&Mirror::of(file.clone(), ETAG));
            assert!(error.starts_with(&line.replace("300001", &found.to_string())), "{error}");
            assert_eq!(home.files(), [""; 0]);
        }
    }
    // No length is given, and there is no end.
    let mirror = Mirror::new(|_, _, stream| {
        send(stream, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(&[0; 1000]).is_ok() {}
    });
    let home = Home::new();
    assert!(home.fails(&mirror).contains("has more than 300000 bytes"));
    // It ends early, and not because the connection broke: the file has no more bytes.
    let mirror = Mirror::new(|number, request, stream| match number {
        0 => send(stream, &[b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", &bytes(1)[..HALF]].concat()),
        _ => send(stream, &answer(&bytes(1)[..HALF], ETAG, request)),
    });
    assert!(home.fails(&mirror).contains("has 100000 bytes, and cnn14 has 300000"));
    assert_eq!(ranges(&mirror), [None, Some(format!("bytes={HALF}-"))]);
}

#[test]
fn a_refusal_is_final_and_a_busy_server_is_asked_again() {
    for status in ["404 Not Found", "403 Forbidden", "410 Gone", "204 No Content"] {
        let mirror = Mirror::new(move |_, _, stream| send(stream, &respond(status, "", b"")));
        let home = Home::new().with_part(&bytes(1)[..HALF], ETAG);
        let line = home.fails(&mirror);
        assert!(line.contains(&format!("does not serve cnn14 (status {})", &status[..3])), "{line}");
        assert_eq!((mirror.heard().len(), pending(&home.models(), "cnn14")), (1, Some(HALF as u64)));
    }
    let mirror = Mirror::new(|number, request, stream| match number {
        0 => send(stream, &respond("503 Service Unavailable", "", b"wait")),
        1 => send(stream, &respond("429 Too Many Requests", "", b"wait")),
        _ => send(stream, &answer(&bytes(1), ETAG, request)),
    });
    let mut events = Vec::new();
    let home = Home::new();
    drop(home.get_reporting(&mirror.url("m"), &mut |event| events.push(format!("{event:?}"))).unwrap());
    assert!(events[0].contains("503") && events[1].contains("429"), "{events:?}");
}

#[test]
fn a_redirect_is_followed_and_a_loop_of_them_is_not() {
    let mirror = Mirror::new(|_, request, stream| match request.starts_with("get /m ") {
        true => send(stream, &respond("302 Found", "Location: /elsewhere\r\n", b"")),
        false => send(stream, &answer(&bytes(1), ETAG, request)),
    });
    Home::new().with_part(&bytes(1)[..HALF], ETAG).gets(&mirror);
    assert_eq!(ranges(&mirror), [const { Some("bytes=100000-") }; 2].map(|range| range.map(str::to_owned)));
    let mirror = Mirror::new(|_, _, stream| send(stream, &respond("302 Found", "Location: /m\r\n", b"")));
    let line = Home::new().fails(&mirror);
    assert!(line.contains("too many redirects") && mirror.heard().len() < 20, "{line}");
}

#[test]
fn what_is_not_an_address_is_not_requested() {
    let home = Home::new();
    for (url, word) in
        [("ftp://127.0.0.1/m", "begins with http"), ("m", "begins with http"), ("http://", "`http://`")]
    {
        let error = home.get(url).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    let clap = ModelSpec::built_in("clap").unwrap();
    let error = fetch_weights(&clap, &home.models(), &AtomicBool::new(false), &mut |_| {}, &RETRIES)
        .unwrap_err()
        .to_string();
    assert!(error.contains("`indexer model import FILE --as clap`"), "{error}");
    assert!(!home.models().exists());
}

#[test]
fn a_server_without_tls_fails_at_once() {
    let mirror = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/m", mirror.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = mirror.accept().unwrap();
        send(&mut stream, &respond("400 Bad Request", "", b"speak up"));
        drop(std::io::Read::read_to_end(&mut stream, &mut Vec::new()));
    });
    let error = Home::new().get(&url).unwrap_err();
    assert!(matches!(&error, FetchError::Failed { .. }), "{error:?}");
    server.join().unwrap();
}
