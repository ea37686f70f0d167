//! Files that say in which group each song of a library is.

use std::{collections::BTreeMap, fs};

use super::environment::TestEnv;

/// The content ids of all songs, in hexadecimal digits as they are exported, by the names of their files.
pub(crate) fn ids(env: &TestEnv) -> BTreeMap<String, String> {
    let files = env.view().files().unwrap().into_iter();
    let named = files.filter_map(|(path, file)| {
        let content = file.content?;
        let (recipe, digest) = content.split_once(':')?;
        let name = path.file_stem()?.to_str()?.to_owned();
        Some((name, format!("{:02x}{digest}", recipe.parse::<u8>().ok()?)))
    });
    named.collect()
}

/// Writes `groups.csv`, in which each song is in the group that `group` makes of its name, or left out.
pub(crate) fn assign(env: &TestEnv, group: impl Fn(&str) -> Option<&'static str>) {
    let lines = ids(env).into_iter().filter_map(|(name, id)| Some(format!("{id},{}\n", group(&name)?)));
    let text = format!("content_id,group\n{}", lines.collect::<String>());
    fs::write(env.path("groups.csv"), text).unwrap();
}
