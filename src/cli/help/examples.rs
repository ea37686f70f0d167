//! What `--help` ends with: lines that people type.

/// Command lines with what they do.
pub(super) type Examples = &'static [(&'static str, &'static str)];

/// Examples of every command that is not hidden, by its words.
pub(super) const EXAMPLES: &[(&str, Examples)] = &[
    (
        "",
        &[
            ("indexer scan ~/Music", "index what is new or changed"),
            ("indexer cluster --playlists ~/Music/Playlists", "group it, and write the files"),
            ("indexer watch ~/Music", "follow the folder from now on"),
            ("indexer status", "what is there, and what is not"),
        ],
    ),
    (
        "run",
        &[
            ("indexer run --path ~/Music", "scan and group a folder"),
            ("indexer run --path ~/Music -n 8 -o playlists.json", "8 playlists in a JSON file"),
            ("indexer run --path ~/Music --playlists ~/Lists", "as files that players open"),
        ],
    ),
    (
        "scan",
        &[
            ("indexer scan ~/Music", "the first time"),
            ("indexer scan", "later: all folders that are known"),
            ("indexer scan ~/Music/New -m mfcc", "a part of one, without models"),
            ("indexer scan --dry-run", "only say what would be done"),
            ("indexer scan --accept-missing", "what is not there is really gone"),
            ("indexer scan --reread", "tags that changed without a trace"),
        ],
    ),
    (
        "watch",
        &[
            ("indexer watch ~/Music", "index it, then follow it"),
            ("indexer watch --hours 01:00-07:00", "work at night only"),
            ("indexer watch -m none", "names and tags only"),
        ],
    ),
    (
        "cluster",
        &[
            ("indexer cluster --playlists ~/Music/Playlists", "refresh the playlists"),
            ("indexer cluster --dry-run", "see what would change"),
            ("indexer cluster --regroup", "group all songs anew"),
            ("indexer cluster -n 8 -m musicnn -o lists.json", "8, compared by musicnn"),
            ("indexer cluster --genre Jazz --set jazz", "jazz only, as a set of its own"),
            ("indexer cluster --learn-from artist", "artists' songs closer together"),
            ("indexer cluster --explain", "why each song is where it is"),
        ],
    ),
    (
        "eval",
        &[
            ("indexer eval", "all methods, the usual numbers"),
            ("indexer eval -n 2..30 -m mfcc,mfcc+musicnn", "two methods, 29 numbers"),
            ("indexer eval --labels mine.csv", "by labels of your own"),
            ("indexer eval --plot eval.html", "with the curves"),
        ],
    ),
    (
        "similar",
        &[
            ("indexer similar ~/Music/a.flac", "what sounds like it"),
            ("indexer similar \"ann song\" --max-per-artist 1", "found by its name"),
            ("indexer similar \"ann song\" bob.mp3 --not \"carl\"", "like two, unlike one"),
            ("indexer similar a.mp3 -m mfcc+musicnn -o like.m3u8", "as a playlist"),
        ],
    ),
    (
        "path",
        &[
            ("indexer path a.flac b.flac", "20 songs from a to b"),
            ("indexer path \"ann song\" bob.mp3 --steps 9 -o way.m3u8", "as a playlist"),
        ],
    ),
    (
        "map",
        &[
            ("indexer map -o map.html", "a page to open in a browser"),
            ("indexer map -o map.html -m mfcc+musicnn", "by what listeners would hear, too"),
            ("indexer map -o map.html --set jazz", "in the colours of another set"),
            ("indexer map --png map.png", "a picture"),
        ],
    ),
    (
        "export",
        &[
            ("indexer export -o tables", "everything, as Parquet"),
            ("indexer export -o tables --format csv", "as text"),
            ("indexer export -o tables -m musicnn", "of the vectors only those of musicnn"),
        ],
    ),
    (
        "import",
        &[
            ("indexer import tables/tracks.parquet", "what another machine has exported"),
            ("indexer import desktop.parquet nas.parquet", "what two have exported"),
            ("indexer import --assignment groups.csv", "the groups that Spark has found"),
        ],
    ),
    (
        "embed",
        &[
            ("indexer embed --lists-to lists ~/Music", "lists of 4 GB each"),
            ("indexer embed --print-job ray", "what shares them among many"),
            ("indexer embed --files-from a.list --to a.parquet", "what each machine does"),
        ],
    ),
    ("status", &[("indexer status", "for people"), ("indexer status --json", "for programs")]),
    (
        "errors",
        &[
            ("indexer errors", "all, with what to do about each kind"),
            ("indexer errors --kind truncated", "only files that end too early"),
            ("indexer errors --kind partial", "files kept in part, with what is missing"),
        ],
    ),
    (
        "playlists",
        &[
            ("indexer playlists list", "numbers, names, sizes, files"),
            ("indexer playlists rename 3 \"Night Drive\"", "a name that stays"),
        ],
    ),
    (
        "playlists list",
        &[
            ("indexer playlists list", "the playlists of all sets"),
            ("indexer playlists list --set jazz", "those of one"),
        ],
    ),
    ("playlists sets", &[("indexer playlists sets", "the library's own, and experiments")]),
    ("playlists forget", &[("indexer playlists forget party", "this set, with its files and its history")]),
    (
        "playlists show",
        &[
            ("indexer playlists show 3", "its songs, in the order played"),
            ("indexer playlists show \"Night Drive\" --paths", "where they lie"),
        ],
    ),
    (
        "playlists export",
        &[
            ("indexer playlists export 3 -o ~/night.m3u8", "a copy that you may change"),
            ("indexer playlists export \"Night Drive\" -o -", "to stdout, with absolute paths"),
        ],
    ),
    (
        "playlists rename",
        &[
            ("indexer playlists rename 3 \"Night Drive\"", "the playlist with this number"),
            ("indexer playlists rename \"Jazz, piano\" Piano", "or with this name"),
        ],
    ),
    (
        "playlists pin",
        &[
            ("indexer playlists pin \"Night Drive\"", "no song comes or goes"),
            ("indexer playlists pin 3 ~/Music/song.mp3", "keep this song in playlist 3"),
        ],
    ),
    (
        "playlists unpin",
        &[
            ("indexer playlists unpin \"Night Drive\"", "songs may come and go again"),
            ("indexer playlists unpin 3 ~/Music/song.mp3", "this one may go again"),
        ],
    ),
    (
        "runs",
        &[
            ("indexer runs list", "what was done when"),
            ("indexer runs diff", "what the last run changed"),
            ("indexer runs restore previous", "undo it"),
        ],
    ),
    (
        "runs list",
        &[("indexer runs list", "of the only set"), ("indexer runs list --set jazz", "of this one")],
    ),
    (
        "runs show",
        &[
            ("indexer runs show", "the songs of the latest run"),
            ("indexer runs show previous", "those of the one before"),
        ],
    ),
    (
        "runs diff",
        &[
            ("indexer runs diff", "what the last run changed"),
            ("indexer runs diff 3f09 latest", "what has changed since run 3f09…"),
        ],
    ),
    (
        "runs restore",
        &[
            ("indexer runs restore previous", "undo the last run"),
            ("indexer runs restore 3f09 --playlists ~/Music/Playlists", "and write its files"),
        ],
    ),
    (
        "model",
        &[
            ("indexer model list", "models, and the engine"),
            ("indexer model import musicnn-0.1.0-py3-none-any.whl", "from a package"),
            ("indexer model fetch cnn14", "download one"),
        ],
    ),
    ("model list", &[("indexer model list", "what is here, and how to get the rest")]),
    ("model show", &[("indexer model show cnn14", "what it takes and gives, and what can be set")]),
    (
        "model new",
        &[
            ("indexer model new mine", "a template, with a comment on every key"),
            ("indexer model new cnn14", "a copy of the built-in one, to edit"),
        ],
    ),
    ("model fetch", &[("indexer model fetch cnn14", "327 MB; goes on where it stopped")]),
    (
        "model import",
        &[
            ("indexer model import musicnn-0.1.0-py3-none-any.whl", "as pip downloads it"),
            ("indexer model import Cnn14_mAP=0.431.pth", "the published weights"),
            ("indexer model import my.onnx --as clap --unverified", "an export of your own"),
        ],
    ),
    (
        "model verify",
        &[("indexer model verify", "every installed model"), ("indexer model verify cnn14", "this one")],
    ),
    (
        "model compare",
        &[
            ("indexer model compare musicnn int8.onnx --on ~/Music", "is it as good?"),
            ("indexer model compare musicnn cnn14 --on . --limit 99", "what each costs"),
        ],
    ),
    ("model remove", &[("indexer model remove cnn14", "its vectors stay in the store")]),
    (
        "library",
        &[
            ("indexer library list", "what belongs to it"),
            ("indexer library remove ~/Podcasts", "what does not any more"),
        ],
    ),
    ("library list", &[("indexer library list", "files, songs, the last walk, and what is clustered")]),
    (
        "library remove",
        &[("indexer library remove /media/usb/Music", "the folder may be gone from the disk")],
    ),
    ("store", &[("indexer store prune --dry-run", "what would be forgotten")]),
    ("store backup", &[("indexer store backup /mnt/backup/indexer", "the store and its models")]),
    ("store compact", &[("indexer store compact", "after much was forgotten")]),
    (
        "store check",
        &[
            ("indexer store check", "whether every row is what was written"),
            ("indexer store check --repair", "keep what is whole of a damaged database"),
        ],
    ),
    (
        "store prune",
        &[
            ("indexer store prune --dry-run", "what would be forgotten"),
            ("indexer store prune --spaces", "also vectors that nothing makes any more"),
        ],
    ),
    (
        "config",
        &[
            ("indexer config show", "all settings in force"),
            ("indexer config path", "the file that they are read from"),
        ],
    ),
    (
        "config show",
        &[
            ("indexer config show", "all settings, in the form of the file"),
            ("indexer config show --config other.toml", "as they would be with another file"),
        ],
    ),
    ("config path", &[("indexer config path", "the file need not exist")]),
    (
        "config check",
        &[
            ("indexer config check", "before a restart of the daemon"),
            ("indexer config check --config new.toml", "before it is put in place"),
        ],
    ),
    (
        "service",
        &[
            ("indexer service print", "the units, to read them first"),
            ("indexer service install --playlists ~/Lists", "watch and refresh"),
        ],
    ),
    (
        "service print",
        &[
            ("indexer service print", "the daemon"),
            ("indexer service print --playlists ~/Lists --at 07:00", "and a daily refresh"),
        ],
    ),
    (
        "service install",
        &[
            ("indexer service install", "the daemon"),
            ("indexer service install -n 8 --playlists ~/Lists", "and a daily refresh"),
        ],
    ),
    ("service uninstall", &[("indexer service uninstall", "the store and the playlists stay")]),
    (
        "completions",
        &[
            ("indexer completions bash", "for ~/.local/share/bash-completion/"),
            ("indexer completions zsh", "for a folder of $fpath, as _indexer"),
            ("indexer completions fish", "for ~/.config/fish/completions/"),
        ],
    ),
    (
        "man",
        &[
            ("indexer man", "this program's page"),
            ("indexer man ~/.local/share/man/man1", "and one for every command, as files"),
        ],
    ),
];

/// The end of the program's own help.
pub(super) const EXIT_CODES: &str = "
Exit codes:
    0  done
    1  failed: the reason is on stderr
    2  not understood: a flag, a value or a setting makes no sense
    3  done, but some files failed in this call (`indexer errors` lists them)
  130  interrupted";
