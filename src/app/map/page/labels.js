// The names of the playlists on the map: those of the larger ones where two would overlap.

function labels(box, playlists, shown) {
    const order = playlists.map((_, place) => place).sort((a, b) => playlists[b].size - playlists[a].size);
    const spans = playlists.map(playlist => {
        const span = document.createElement("span");
        span.textContent = playlist.name;
        box.append(span);
        return span;
    });
    const sizes = spans.map(span => [span.offsetWidth, span.offsetHeight]);
    return (view, pixels) => {
        const taken = [];
        for (const place of order) {
            const { x, y } = playlists[place], [width, height] = sizes[place];
            const left = (x - view.x) * view.scale / pixels + innerWidth / 2 - width / 2;
            // Above the place, so that the dots there are seen.
            const top = (view.y - y) * view.scale / pixels + innerHeight / 2 - height - view.size / pixels / 2;
            const overlaps = ([l, t, w, h]) => left < l + w && l < left + width && top < t + h && t < top + height;
            const isShown = shown[place + 1] && !taken.some(overlaps);
            spans[place].hidden = !isShown;
            if (!isShown) continue;
            taken.push([left, top, width, height]);
            spans[place].style.transform = `translate(${left}px, ${top}px)`;
        }
    };
}
