// The data of the page, as pack.rs writes it.

async function decode(base64) {
    const text = atob(base64);
    const packed = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) packed[at] = text.charCodeAt(at);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const songs = head.songs;
    let at = 4 + length;
    const planes = () => {
        const values = new Uint16Array(songs);
        for (let song = 0; song < songs; song++) values[song] = bytes[at + song] | (bytes[at + songs + song] << 8);
        at += 2 * songs;
        return values;
    };
    const map = { head, songs, x: planes(), y: planes(), list: planes(), nearest: null };
    if (head.nearest) {
        map.nearest = nearestSongs(map, bytes.subarray(at), head.nearest);
        at += 3 * songs * head.nearest;
    }
    return Object.assign(map, texts(bytes, at, head));
}

// The place of each song on Morton's curve gives its nearest songs, which are written as steps on that curve.
function nearestSongs(map, bytes, k) {
    const spread = value => {
        value = (value | (value << 8)) & 0x00ff00ff;
        value = (value | (value << 4)) & 0x0f0f0f0f;
        value = (value | (value << 2)) & 0x33333333;
        return (value | (value << 1)) & 0x55555555;
    };
    const SONGS = 2 ** 20;
    const keys = new Float64Array(map.songs);
    for (let song = 0; song < map.songs; song++) {
        keys[song] = ((spread(map.x[song]) | (spread(map.y[song]) << 1)) >>> 0) * SONGS + song;
    }
    keys.sort();
    const curve = new Uint32Array(map.songs), placeOf = new Uint32Array(map.songs);
    keys.forEach((key, place) => { placeOf[curve[place] = key % SONGS] = place; });
    const nearest = new Uint32Array(map.songs * k), plane = nearest.length;
    for (let entry = 0; entry < plane; entry++) {
        const step = bytes[entry] | (bytes[plane + entry] << 8) | (bytes[2 * plane + entry] << 16);
        nearest[entry] = curve[placeOf[Math.floor(entry / k)] + ((step >>> 1) ^ -(step & 1))];
    }
    return nearest;
}

// Texts are read when they are shown: of a million songs they would take long.
function texts(bytes, at, head) {
    const decoder = new TextDecoder();
    const number = () => {
        let value = 0, factor = 1;
        for (;;) {
            const byte = bytes[at++];
            value += (byte & 0x7f) * factor;
            if (byte < 0x80) return value;
            factor *= 0x80;
        }
    };
    const skip = () => { const length = number(); at += length; };
    const read = () => { const length = number(); at += length; return decoder.decode(bytes.subarray(at - length, at)); };
    const artists = Array.from({ length: number() }, read);
    const begins = new Uint32Array(head.songs), titles = new Uint32Array(head.songs), artistOf = new Uint32Array(head.songs);
    for (let song = 0; song < head.songs; song++) {
        begins[song] = at;
        number();
        skip();
        titles[song] = at;
        skip();
        artistOf[song] = number();
    }
    return {
        title(song) { at = titles[song]; return read(); },
        artist(song) { return artistOf[song] ? artists[artistOf[song] - 1] : ""; },
        // The bytes of the path below the folder of all songs.
        path(song) {
            const path = [];
            for (let other = song - song % head.restart; other <= song; other++) {
                at = begins[other];
                path.length = number();
                const length = number();
                for (const byte of bytes.subarray(at, at + length)) path.push(byte);
            }
            return Uint8Array.from(path);
        },
    };
}
