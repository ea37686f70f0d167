// What stands beside the map: legend, search, the song that is clicked. Texts of songs are only ever text.

const $ = id => document.getElementById(id);

function element(name, text, ...inside) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...inside);
    return made;
}

function dot(colour) {
    const made = element("i");
    made.style.background = colour;
    return made;
}

function legend(map, shown, changed) {
    const { head } = map;
    const unlisted = { name: "in no playlist", colour: head.unlisted, size: 0 };
    for (const list of map.list) if (list === 0) unlisted.size++;
    const about = `${map.songs.toLocaleString("en")} ${map.songs === 1 ? "song" : "songs"} by ${head.method}`;
    $("about").textContent = head.set === null ? `${about}. There are no playlists yet: “indexer cluster” makes some.` : about;
    const rows = [unlisted, ...head.playlists];
    const boxes = rows.map((list, place) => {
        if (list.size === 0) return null;
        const box = element("input");
        [box.type, box.checked] = ["checkbox", true];
        box.addEventListener("change", () => { shown[place] = box.checked; changed(); });
        const label = element("label", "", box, dot(list.colour), element("span", list.name), element("small", list.size.toLocaleString("en")));
        label.title = list.name;
        return [box, element("li", "", label)];
    });
    $("lists").append(...boxes.slice(1).concat([boxes[0]]).filter(Boolean).map(([, item]) => item));
    const all = value => () => {
        boxes.forEach((row, place) => { if (row) row[0].checked = shown[place] = value; });
        changed();
    };
    $("all").addEventListener("click", all(true));
    $("none").addEventListener("click", all(false));
    $("toggles").hidden = rows.length < 3;
}

function songRow(map, song, choose) {
    const artist = map.artist(song);
    const button = element("button", map.title(song), ...(artist ? [element("small", ` ${artist}`)] : []));
    button.type = "button";
    button.addEventListener("click", () => choose(song));
    return element("li", "", button);
}

const MOST_FOUND = 200;

function search(map, choose, marked) {
    const input = document.querySelector("#search input");
    let plain = null;
    const find = () => {
        const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
        // Made when it is needed first: of a million songs it takes a second.
        plain ??= Array.from({ length: map.songs }, (_, song) => `${map.title(song)} ${map.artist(song)}`.toLowerCase());
        const found = [];
        if (words.length) for (let song = 0; song < map.songs; song++) if (words.every(word => plain[song].includes(word))) found.push(song);
        $("matches").textContent = words.length ? `${found.length.toLocaleString("en")} found` : "";
        $("found").replaceChildren(...found.slice(0, MOST_FOUND).map(song => songRow(map, song, choose)));
        marked(found);
    };
    input.addEventListener("input", find);
    input.addEventListener("keydown", event => {
        if (event.key === "Enter") $("found").querySelector("button")?.click();
        if (event.key === "Escape") { input.value = ""; find(); }
    });
}

// Plays the song from beside the page, else from the root on; where the browser may do neither, its path is there to copy.
function play(map, song, path) {
    const audio = $("audio"), part = map.parts.get(song);
    const link = Array.from(path, byte => /[\w.~\/-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : "%" + byte.toString(16).padStart(2, "0")).join("");
    const fragment = part ? `#t=${part[0]}${part[1] === null ? "" : `,${part[1]}`}` : "";
    const places = [map.head.beside, map.head.whole];
    const next = () => {
        const place = places.shift();
        $("refused").hidden = Boolean(place);
        if (!place) return;
        audio.src = place + link + fragment;
        // That it may not start by itself is no error: its own button starts it.
        audio.play().catch(() => {});
    };
    audio.onerror = next;
    next();
}

function showSong(map, song, nearest, choose) {
    const list = map.list[song] ? map.head.playlists[map.list[song] - 1] : null;
    const path = map.path(song);
    $("title").textContent = map.title(song);
    $("artist").textContent = map.artist(song);
    $("list").replaceChildren(...(list ? [dot(list.colour), list.name] : []));
    const folder = map.head.folder.replace(/\/$/, "");
    $("path").textContent = `${folder}/${new TextDecoder().decode(path)}`;
    $("what").textContent = map.nearest ? "Sounds most like it" : "Nearest on the map";
    $("nearest").replaceChildren(...nearest.map(other => songRow(map, other, choose)));
    $("song").hidden = false;
    play(map, song, path);
}

$("copy").addEventListener("click", () => {
    // Where the clipboard is closed, the path is selected instead.
    const select = () => getSelection().selectAllChildren($("path"));
    navigator.clipboard ? navigator.clipboard.writeText($("path").textContent).catch(select) : select();
});
