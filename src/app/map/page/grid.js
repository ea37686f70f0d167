// Finds dots near a place: they are sorted into cells.

const CELLS = 256;

function grid(map) {
    const cell = song => (map.y[song] >> 8) * CELLS + (map.x[song] >> 8);
    const begins = new Uint32Array(CELLS * CELLS + 1), sorted = new Uint32Array(map.songs);
    for (let song = 0; song < map.songs; song++) begins[cell(song) + 1]++;
    for (let at = 0; at < CELLS * CELLS; at++) begins[at + 1] += begins[at];
    const next = begins.slice();
    for (let song = 0; song < map.songs; song++) sorted[next[cell(song)]++] = song;

    // Up to `count` songs within `radius`, the nearest first.
    return (x, y, radius, count, isWanted) => {
        const found = [];
        const column = Math.min(CELLS - 1, Math.max(0, x >> 8)), row = Math.min(CELLS - 1, Math.max(0, y >> 8));
        const visit = at => {
            for (let place = begins[at]; place < begins[at + 1]; place++) {
                const song = sorted[place];
                const distance = Math.hypot(map.x[song] - x, map.y[song] - y);
                if (distance > radius || !isWanted(song)) continue;
                found.push({ song, distance });
            }
        };
        for (let ring = 0; ring < CELLS; ring++) {
            // Whatever lies in this ring is at least so far away.
            const least = (ring - 1) * 256;
            if (least > radius) break;
            if (found.length > count) {
                found.sort((a, b) => a.distance - b.distance || a.song - b.song);
                found.length = count;
            }
            if (found.length === count && least > found[count - 1].distance) break;
            for (let dy = -ring; dy <= ring; dy++) {
                const r = row + dy;
                if (r < 0 || r >= CELLS) continue;
                const step = Math.abs(dy) === ring ? 1 : 2 * ring;
                for (let dx = -ring; dx <= ring; dx += step) {
                    const c = column + dx;
                    if (c >= 0 && c < CELLS) visit(r * CELLS + c);
                }
            }
        }
        found.sort((a, b) => a.distance - b.distance || a.song - b.song);
        return found.slice(0, count).map(entry => entry.song);
    };
}
