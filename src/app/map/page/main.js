// The map: what is in view, and what pointer and keys do with it.

const GRID = 65535, MOST_ZOOM = 4000, NEAREST = 10, REACH = 14, MOST_RINGS = 2000;

async function begin() {
    if (typeof DecompressionStream === "undefined") {
        throw new Error("this browser is too old for it: use one of 2023 or newer.");
    }
    const map = await decode($("data").textContent);
    $("data").remove();
    map.parts = new Map(map.head.parts.map(([song, start, end]) => [song, [start, end]]));
    const rgb = colour => [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16));
    const colours = [map.head.unlisted, ...map.head.playlists.map(list => list.colour)].map(rgb);
    const shown = colours.map(() => true);
    const canvas = $("dots"), rings = $("rings").getContext("2d");
    const draw = scatter(canvas, map, colours, shown), name = labels($("names"), map.head.playlists, shown), near = grid(map);

    const view = { x: GRID / 2, y: GRID / 2, zoom: 1, scale: 1, size: 1 };
    let pixels = 1, chosen = null, around = [], found = [], isDue = false;
    const due = () => { if (!isDue) { isDue = true; requestAnimationFrame(show); } };
    const fit = () => 0.9 * Math.min(innerWidth, innerHeight) / GRID;
    const diameter = () => Math.min(18, Math.max(2, 15 - 2.6 * Math.log10(map.songs)) * view.zoom ** 0.3);

    function show() {
        isDue = false;
        view.scale = fit() * view.zoom * pixels;
        view.size = diameter() * pixels;
        draw(view);
        name(view, pixels);
        rings.clearRect(0, 0, rings.canvas.width, rings.canvas.height);
        const ink = getComputedStyle(document.body).color;
        const at = song => [(map.x[song] - view.x) * view.scale + rings.canvas.width / 2, (view.y - map.y[song]) * view.scale + rings.canvas.height / 2];
        const ring = (song, width) => {
            const [x, y] = at(song);
            [rings.strokeStyle, rings.lineWidth] = [ink, width * pixels];
            rings.beginPath();
            rings.arc(x, y, view.size / 2 + 2 * pixels, 0, 7);
            rings.stroke();
        };
        found.slice(0, MOST_RINGS).forEach(song => ring(song, 1));
        around.forEach(song => {
            rings.globalAlpha = 0.35;
            rings.beginPath();
            rings.moveTo(...at(chosen));
            rings.lineTo(...at(song));
            [rings.strokeStyle, rings.lineWidth] = [ink, pixels];
            rings.stroke();
            rings.globalAlpha = 1;
            ring(song, 1);
        });
        if (chosen !== null) ring(chosen, 3);
        document.body.dataset.state = "drawn";
    }

    function resize() {
        pixels = devicePixelRatio || 1;
        for (const each of [canvas, rings.canvas]) [each.width, each.height] = [innerWidth * pixels, innerHeight * pixels];
        due();
    }

    const place = (x, y) => {
        const scale = fit() * view.zoom;
        return [view.x + (x - innerWidth / 2) / scale, view.y - (y - innerHeight / 2) / scale];
    };
    const pick = (x, y) => {
        const [mapX, mapY] = place(x, y);
        return near(mapX, mapY, REACH / (fit() * view.zoom), 1, song => shown[map.list[song]])[0] ?? null;
    };
    function zoom(factor, x, y) {
        const before = place(x, y);
        view.zoom = Math.min(MOST_ZOOM, Math.max(0.5, view.zoom * factor));
        const after = place(x, y);
        move(before[0] - after[0], before[1] - after[1]);
    }
    function move(x, y) {
        view.x = Math.min(GRID, Math.max(0, view.x + x));
        view.y = Math.min(GRID, Math.max(0, view.y + y));
        due();
    }

    function choose(song) {
        const others = map.nearest
            ? Array.from(map.nearest.subarray(song * map.head.nearest, (song + 1) * map.head.nearest))
            : near(map.x[song], map.y[song], GRID * 2, NEAREST, other => other !== song);
        [chosen, around] = [song, others];
        showSong(map, song, others, other => { choose(other); centre(other); });
        due();
    }
    function centre(song) {
        [view.x, view.y] = [map.x[song], map.y[song]];
        view.zoom = Math.max(view.zoom, map.songs > 1000 ? 3 : 1);
        due();
    }

    function hover(x, y) {
        const song = pick(x, y), box = $("hover");
        canvas.classList.toggle("over", song !== null);
        box.hidden = song === null;
        if (song === null) return;
        const list = map.list[song] ? map.head.playlists[map.list[song] - 1].name : "";
        box.replaceChildren(...[map.title(song), map.artist(song), list].filter(Boolean).map(text => element("div", text)));
        const left = Math.min(x + 14, innerWidth - box.offsetWidth - 8), top = Math.min(y + 14, innerHeight - box.offsetHeight - 8);
        box.style.transform = `translate(${left}px, ${top}px)`;
    }

    const pointers = new Map();
    let travelled = 0;
    canvas.addEventListener("pointerdown", event => {
        canvas.setPointerCapture(event.pointerId);
        pointers.set(event.pointerId, [event.clientX, event.clientY]);
        if (pointers.size === 1) travelled = 0;
        $("hover").hidden = true;
    });
    canvas.addEventListener("pointermove", event => {
        const last = pointers.get(event.pointerId), now = [event.clientX, event.clientY];
        if (!last) return hover(...now);
        pointers.set(event.pointerId, now);
        travelled += Math.hypot(now[0] - last[0], now[1] - last[1]);
        canvas.classList.add("moving");
        const scale = fit() * view.zoom * pointers.size;
        move((last[0] - now[0]) / scale, (now[1] - last[1]) / scale);
        const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
        if (other) {
            const apart = ([x, y]) => Math.hypot(x - other[0], y - other[1]) || 1;
            zoom(apart(now) / apart(last), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
        }
    });
    const release = event => {
        const isClick = event.type === "pointerup" && pointers.size === 1 && travelled < 5;
        pointers.delete(event.pointerId);
        canvas.classList.remove("moving");
        const song = isClick ? pick(event.clientX, event.clientY) : null;
        if (song !== null) choose(song);
    };
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    canvas.addEventListener("pointerleave", () => { $("hover").hidden = true; });
    canvas.addEventListener("wheel", event => {
        event.preventDefault();
        const lines = event.deltaMode === 1 ? 30 : 1;
        zoom(Math.exp(-0.0018 * lines * event.deltaY), event.clientX, event.clientY);
    }, { passive: false });
    canvas.addEventListener("keydown", event => {
        const step = 60 / (fit() * view.zoom), middle = [innerWidth / 2, innerHeight / 2];
        const keys = {
            ArrowLeft: () => move(-step, 0), ArrowRight: () => move(step, 0), ArrowUp: () => move(0, step), ArrowDown: () => move(0, -step),
            "+": () => zoom(1.4, ...middle), "=": () => zoom(1.4, ...middle), "-": () => zoom(1 / 1.4, ...middle),
            "0": () => { [view.x, view.y, view.zoom] = [GRID / 2, GRID / 2, 1]; due(); },
        };
        if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
    });
    $("close").addEventListener("click", () => {
        $("audio").pause();
        $("song").hidden = true;
        [chosen, around] = [null, []];
        due();
    });
    legend(map, shown, due);
    search(map, song => { choose(song); centre(song); }, songs => { found = songs; due(); });
    addEventListener("resize", resize);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", due);
    $("trouble").hidden = true;
    resize();
}

begin().catch(error => {
    document.body.dataset.state = "failed";
    $("trouble").textContent = `The map cannot be shown: ${error.message}`;
});
