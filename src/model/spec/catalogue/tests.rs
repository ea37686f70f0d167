use super::*;
use crate::model::spec::Axis;

const CNN14: &str = include_str!("../../../../models/cnn14.toml");

#[test]
fn every_built_in_model_is_valid_and_reads_back_as_it_is_written() {
    for (name, text) in MODELS {
        let spec = ModelSpec::parse(name, text).unwrap_or_else(|error| panic!("{error}"));
        let written = toml::to_string(&spec).unwrap();
        assert_eq!(ModelSpec::parse(name, &written).unwrap(), spec);
    }
}

#[test]
fn a_bad_value_is_refused_in_one_line_that_names_its_key() {
    for (from, to, message) in [
        ("rate = 32000", "rate = 0", "`rate` in cnn14.toml must be 1000 to 384000 (Hz)"),
        ("name = \"cnn14\"", "name = \"cnn15\"", "`name` in cnn14.toml must be the file's name"),
        (
            "window = 10.0",
            "window = -1.0",
            "`window` in cnn14.toml must be above 0 and at most 600 (seconds)",
        ),
        ("window = 10.0", "window = \"whole\"", "`cap` in cnn14.toml is needed with `window = \"whole\"`"),
        (
            "window = 10.0",
            "window = 10\ncap = 3.0",
            "`cap` in cnn14.toml goes with `window = \"whole\"` only",
        ),
        ("window = 10.0", "window = \"all\"", "seconds, { frames = NUMBER } or \"whole\" are expected"),
        ("shortest = 9920", "shortest = 512", "`shortest` in cnn14.toml is too few samples for one frame"),
        (
            "shortest = 9920",
            "shortest = 9919",
            "`shortest` in cnn14.toml is too few samples for the 32 frames that CNN14 needs",
        ),
        (
            "window = 10.0 ",
            "window = 600.0 ",
            "`window` in cnn14.toml is too long: its input would have more than 3 500 000 values",
        ),
        ("shortest = 9920", "shortest = 320001", "`shortest` in cnn14.toml must be 1 to a window's samples"),
        ("trim = true", "trim = true\ntrimm = true", "unknown field `trimm`"),
        ("hop = 320", "hop = 0", "`front_end.hop` in cnn14.toml must be 1 to n_fft (samples)"),
        ("hop = 320", "hop = 320\nhopp = 320", "unknown field `hopp`"),
        (
            "fmax = 14000.0",
            "fmax = 16001.0",
            "`front_end.fmax` in cnn14.toml must be at most half of the rate",
        ),
        ("amin = 1e-10", "amin = nan", "`front_end.amin` in cnn14.toml must be above 0"),
        (
            "log = \"db\"",
            "log = \"db\"\nwin_length = 1025",
            "`front_end.win_length` in cnn14.toml must be 16 to n_fft (samples)",
        ),
        (
            "log = \"db\"",
            "log = \"db\"\npower = 3",
            "`front_end.power` in cnn14.toml must be 1 (magnitude) or 2",
        ),
        (
            "log = \"db\"",
            "log = \"log10-1p\"",
            "`front_end.gain` in cnn14.toml goes with `log = \"log10-1p\"`",
        ),
        ("log = \"db\"", "log = \"db\"\ngain = 2.0", "`front_end.gain` in cnn14.toml goes with"),
        ("log = \"db\"", "log = \"ln-1p\"\ngain = 0.0", "`front_end.gain` in cnn14.toml must be above 0"),
        (
            "log = \"db\"",
            "log = \"ln\"\ntop_db = 80.0",
            "`front_end.top_db` in cnn14.toml goes with `log = \"db\"`",
        ),
        ("log = \"db\"", "log = \"db\"\ntop_db = 0.0", "`front_end.top_db` in cnn14.toml must be above 0"),
        (
            "log = \"db\"",
            "log = \"db\"\nlog_offset = -1.0",
            "`front_end.log_offset` in cnn14.toml must be 0 or more",
        ),
        ("log = \"db\"", "log = \"log2\"", "unknown variant `log2`"),
        ("window = 10.0 ", "window = { frames = 0 } ", "`window` in cnn14.toml must be 1 to 100000 frames"),
        (
            "window = 10.0 ",
            "window = { frames = 99, hop = 100 } ",
            "`window` in cnn14.toml must have a hop of 1 to its frames",
        ),
        (
            "window = 10.0 ",
            "window = { frames = 100000 } ",
            "`window` in cnn14.toml must be above 0 and at most 600",
        ),
        (
            "window = 10.0 ",
            "window = { frame = 1001 } ",
            "seconds, { frames = NUMBER } or \"whole\" are expected",
        ),
        (
            "window = 10.0 ",
            "window = \"whole\"\npad_short = \"zeros\" ",
            "`pad_short` in cnn14.toml goes with windows of one length",
        ),
        ("bands = 64", "bands = 0", "`front_end.bands` in cnn14.toml must be 1 to half of n_fft"),
        (
            "\"frames\", \"bands\"]",
            "\"frames\"]",
            "`input.axes` in cnn14.toml must be `batch`, if the network has it, then frames and bands",
        ),
        ("dimension = 2048", "dimension = 0", "`output.dimension` in cnn14.toml must be 1 to 65536"),
        ("scores = \"scores\"", "", "`output.classes` in cnn14.toml and `scores` go together"),
        (
            "\"audioset_classes.txt\"",
            "\"../x\"",
            "`output.class_names` in cnn14.toml must be the name of a file",
        ),
        ("dimension = 2048", "dimension = 2048\naxes = [\"frames\"]", "`output.axes` in cnn14.toml must be"),
        (
            "dimension = 2048",
            "dimension = 2048\nscores_axes = [\"bands\"]",
            "`output.scores_axes` in cnn14.toml must",
        ),
        (
            "dimension = 2048",
            "dimension = 2048\nactivation = \"softmax\"",
            "`output.activation` in cnn14.toml goes with `scores_are = \"logits\"` only",
        ),
        (
            "dimension = 2048",
            "dimension = 2048\nscores_range = [0.2, 0.2]",
            "`output.scores_range` in cnn14.toml must be two scores, the lower one first, from 0 to 1",
        ),
        (
            "embedding = \"embedding\"",
            "embedding = []",
            "`output.embedding` in cnn14.toml must be a name, or a list",
        ),
        ("embedding = \"embedding\"", "embedding = 3", "a name or a list of names is expected"),
        ("name = \"logmel\"", "name = \"logmel\"\nbatch = 0", "`input.batch` in cnn14.toml must be 1 to 256"),
        (
            "name = \"logmel\"\naxes = [\"batch\", ",
            "name = \"logmel\"\nbatch = 8\naxes = [",
            "`input.batch` in cnn14.toml needs",
        ),
        (
            "md5 = \"5",
            "wheel = \"x; y-1-py3-none-any.whl\"\nmd5 = \"5",
            "`weights.wheel` in cnn14.toml must be the name of a wheel",
        ),
        (
            "md5 = \"5",
            "wheel = \"x-1.whl\"\nmd5 = \"5",
            "`weights.wheel` in cnn14.toml must be the name of a wheel",
        ),
        ("md5 = \"5", "md5 = \"X", "`weights.md5` in cnn14.toml must be 32 digits"),
        ("sha256 = ", "blake3 = ", "`weights.url` in cnn14.toml needs `size` and `sha256`"),
    ] {
        assert!(CNN14.contains(from), "{from}");
        let error = ModelSpec::parse("cnn14", &CNN14.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(message) && !error.contains('\n'), "{error}\n{message}");
    }
}

#[test]
fn the_fingerprint_changes_with_what_shapes_the_vector_and_with_nothing_else() {
    let fingerprint = |text: &str| ModelSpec::parse("cnn14", text).unwrap().fingerprint();
    let whole = fingerprint(CNN14);
    for (from, to) in [
        ("window = 10.0", "window = 9.0"),
        ("max_windows = 8", "max_windows = 0"),
        ("shortest = 9920", "shortest = 9921"),
        ("trim = true", "trim = false"),
        ("trim = true", "trim = true\nloudness = -23.0"),
        ("hop = 320", "hop = 319"),
        ("fmin = 50.0", "fmin = 51.0"),
        ("embedding = \"embedding\"", "embedding = \"other\""),
        ("dimension = 2048", "dimension = 32"),
        ("[weights]", &format!("[weights]\nblake3 = \"{}\"", "0".repeat(64))),
    ] {
        assert_ne!(fingerprint(&CNN14.replace(from, to)), whole, "{to}");
    }
    for (from, to) in [
        ("licence = \"CC", "licence = \"cc"),
        ("scores = \"scores\"", "scores = \"other\""),
        ("name = \"logmel\"", "name = \"x\""),
        ("name = \"logmel\"", "name = \"logmel\"\nbatch = 8"),
        ("classes = 527", "classes = 527\nscores_are = \"logits\"\nactivation = \"softmax\""),
        ("classes = 527", "classes = 527\nscores_pooling = \"max\"\nscores_axes = [\"classes\"]"),
        ("classes = 527", "classes = 527\nscores_range = [0.1, 0.5]"),
        ("[weights]", "[weights]\nverified = true"),
    ] {
        assert_eq!(fingerprint(&CNN14.replace(from, to)), whole, "{to}");
    }
}

#[test]
fn an_unknown_model_says_where_it_would_be_described_and_what_is_set_there() {
    let error = ModelSpec::find("vggish", Path::new("/models")).unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no model `vggish`: `indexer model list` names those that are known; `indexer model new vggish` begins \
         a description of your own, /models/vggish.toml, in which you set name, rate, window, [front_end], [input] and \
         [output]"
    );
}

#[test]
fn the_template_is_a_description_with_and_without_its_options() {
    let text = ModelSpec::new_text("mine");
    let spec = ModelSpec::parse("mine", &text).unwrap();
    assert_eq!((spec.window_samples(), spec.output.classes), (48_000, 0));
    // Every option that it shows as a comment is one; those that exclude each other change places.
    let options = text.lines().map(|line| match line.strip_prefix("# ") {
        Some(option) if option.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')) => option,
        _ => line,
    });
    let all: String = options.flat_map(|line| [line, "\n"]).collect();
    let all = all.replace("log = \"db\"", "log = \"log10-1p\"").replace("top_db = 80.0", "");
    let spec = ModelSpec::parse("mine", &all).unwrap();
    assert_eq!((spec.input.batch, spec.output.classes, spec.loudness), (Some(8), 50, Some(-23.0)));
    assert_eq!(ModelSpec::new_text("cnn14"), CNN14);
}

#[test]
fn options_that_are_left_out_change_no_space() {
    for (name, text) in MODELS {
        let spec = ModelSpec::parse(name, text).unwrap();
        let fingerprint = spec.fingerprint();
        for key in fingerprint.lines().filter_map(|line| line.split_once(" = ").map(|(key, _)| key)) {
            let is_written = text.lines().any(|line| line.starts_with(&format!("{key} = ")));
            assert!(
                is_written || ["verified", "axes", "normalise", "frames"].contains(&key),
                "{name}: {key}"
            );
        }
    }
}

#[test]
fn a_window_can_be_given_in_frames() {
    for (padding, frames, samples) in [("reflect", 1001, 320_000), ("none", 998, 320_064)] {
        let text = CNN14.replace("window = 10.0 ", &format!("window = {{ frames = {frames} }} "));
        let text = text.replace("padding = \"reflect\"", &format!("padding = \"{padding}\""));
        let text = text.replace("shortest = 9920", "shortest = 10944");
        let spec = ModelSpec::parse("cnn14", &text).unwrap();
        assert_eq!((spec.window_samples(), spec.window_hop()), (samples, samples));
        assert_eq!(spec.input_length(samples), (Axis::Frames, frames));
        assert_eq!(ModelSpec::parse("cnn14", &spec.to_toml()).unwrap(), spec);
    }
}

#[test]
fn a_file_in_the_folder_shadows_what_is_built_in() {
    let folder = tempfile::tempdir().unwrap();
    let find = |name: &str| ModelSpec::find(name, folder.path());
    assert_eq!(find("cnn14").unwrap().max_windows, 8);
    fs::write(folder.path().join("cnn14.toml"), CNN14.replace("max_windows = 8", "max_windows = 3")).unwrap();
    assert_eq!(find("cnn14").unwrap().max_windows, 3);
    for unknown in ["vggish", "", "../cnn14", "/etc/passwd"] {
        let error = find(unknown).unwrap_err().to_string();
        assert!(error.contains("there is no model"), "{error}");
    }
}
