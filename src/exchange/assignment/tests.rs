use super::*;

/// The content id of an invented song, and its digits.
fn song(number: u8) -> (ContentId, String) {
    let content = ContentId { recipe: 3, digest: Digest([number; 32]) };
    (content, format!("03{}", content.digest))
}

/// A line of the songs with their groups, below a header.
fn lines(rows: &[(u8, &str)]) -> String {
    let line = |(number, group): &(u8, &str)| format!("{},{group}\n", song(*number).1);
    rows.iter().map(line).fold("content_id,group\n".to_owned(), |text, line| text + &line)
}

/// Reads files of these names and texts in a folder; a single one without a name is no folder.
fn read(files: &[(&str, &str)]) -> Result<Assignment, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("groups");
    match files {
        [("", text)] => fs::write(&path, text).unwrap(),
        _ => {
            fs::create_dir(&path).unwrap();
            files.iter().for_each(|(name, text)| fs::write(path.join(name), text).unwrap());
        }
    }
    Assignment::read(&path).map_err(|error| error.to_string().replace(path.to_str().unwrap(), "FILE"))
}

fn groups(assignment: &Assignment, songs: &[u8]) -> Vec<Option<usize>> {
    songs.iter().map(|number| assignment.group_of(&song(*number).0)).collect()
}

#[test]
fn songs_are_in_the_groups_that_their_lines_say() {
    let text = lines(&[(7, "12"), (1, "2"), (9, "12"), (1, "2")]);
    let found = read(&[("", &text)]).unwrap();
    assert_eq!((found.groups, found.songs().len()), (2, 3));
    assert_eq!(groups(&found, &[1, 7, 8, 9]), [Some(0), Some(1), None, Some(1)]);
    // Capital digits, columns in another order and one more, the ends of lines of Windows, and no end of the last line.
    let other = format!(
        "\u{feff}group,\"distance\",content_id\r\n12,0.5,{0}\r\n12,1,{2}\r\n\r\n2,,{1}",
        song(7).1.to_uppercase(),
        song(1).1,
        song(9).1
    );
    assert_eq!(read(&[("", &other)]).unwrap().digest(), found.digest());
}

#[test]
fn numbers_stand_in_their_order_and_before_words() {
    let named = ["10", "9", "-1", "2.0", "jazz", "Rock, hard", "1e1"];
    let quoted = |name: &str| format!("\"{name}\"");
    let rows: Vec<_> = (0..).zip(named.map(quoted)).collect();
    let rows: Vec<_> = rows.iter().map(|(number, name)| (*number, name.as_str())).collect();
    let found = read(&[("", &lines(&rows))]).unwrap();
    let expected = [("10", 3), ("9", 2), ("-1", 0), ("2.0", 1), ("jazz", 6), ("Rock, hard", 5), ("1e1", 4)];
    for ((number, name), expected) in (0_u8..).zip(named).zip(expected) {
        assert_eq!((name, groups(&found, &[number])[0].unwrap()), expected);
    }
}

#[test]
fn a_folder_of_parts_is_one_assignment() {
    let (one, two) = (lines(&[(1, "0"), (2, "1")]), lines(&[(3, "0")]));
    let empty = lines(&[]);
    let parts = [
        ("part-00001-c000.csv", two.as_str()),
        ("part-00000-c000.csv", &one),
        ("part-00002-c000.csv", &empty),
        ("part-00003-c000.csv", ""),
        ("_SUCCESS", ""),
        (".part-00000-c000.csv.crc", "crc"),
    ];
    let found = read(&parts).unwrap();
    assert_eq!(groups(&found, &[1, 2, 3]), [Some(0), Some(1), Some(0)]);
    assert_eq!(found.digest(), read(&[("", &lines(&[(3, "0"), (2, "1"), (1, "0")]))]).unwrap().digest());
    assert_ne!(found.digest(), read(&[("", &lines(&[(3, "1"), (2, "1"), (1, "0")]))]).unwrap().digest());

    let other = lines(&[(9, "0"), (2, "0")]);
    let refused = read(&[("part-0.csv", &one), ("part-1.csv", &other)]).unwrap_err();
    let expected =
        "FILE/part-1.csv, line 3: this song is in another group in FILE/part-0.csv: leave one of them out";
    assert_eq!(refused, expected);
    assert!(
        read(&[("_SUCCESS", ""), ("part-0.csv.gz", "")])
            .unwrap_err()
            .starts_with("FILE is a folder without part-*.csv")
    );
    assert!(
        read(&[("_temporary", ""), ("part-0.csv", &one)]).unwrap_err().starts_with("FILE is not finished")
    );
}

#[test]
fn what_is_no_assignment_is_refused_with_its_line() {
    let many = (0..=MOST_GROUPS)
        .fold("content_id,group\n".to_owned(), |text, group| text + &format!("{},{group}\n", song(1).1));
    let id = song(1).1;
    for (text, expected) in [
        (String::new(), "FILE assigns no song"),
        (lines(&[]), "FILE assigns no song"),
        (
            format!("{id},0\n"),
            "FILE, line 1: there is no column content_id: the first line names content_id and group",
        ),
        (format!("\ncontent_id,prediction\n{id},0\n"), "FILE, line 2: there is no column group"),
        (lines(&[(1, "0"), (2, "")]), "FILE, line 3: the group is empty"),
        (lines(&[(1, "0"), (2, "1"), (2, "0")]), "FILE, line 4: this song is in another group in line 3"),
        (format!("content_id,group\n{id}0,1\n"), "FILE, line 2: \"03010101010101010101\" is no content_id"),
        (
            format!("content_id,group\n{},1\n", &id[2..]),
            "FILE, line 2: \"01010101010101010101\" is no content_id",
        ),
        (format!("content_id,group\n+3{},1\n", &id[2..]), "is no content_id: that has 66 hexadecimal digits"),
        (
            "content_id,group\n\u{1b}é\n1,2".to_owned(),
            "FILE, line 2: 1 values where the first line names 2 columns",
        ),
        (
            format!("content_id,group\n{id},1,2\n"),
            "FILE, line 2: 3 values where the first line names 2 columns",
        ),
        (many, "FILE, line 5002: more than 5000 groups"),
        ("PAR1\0\u{1}content_id".to_owned(), "FILE, line 1: there is no column content_id"),
    ] {
        let refused = read(&[("", &text)]).unwrap_err();
        assert!(refused.contains(expected) && !refused.contains('\n'), "{refused}");
    }
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Assignment::read(&folder.path().join("none")), Err(ExchangeError::Unreadable { .. })));
}
