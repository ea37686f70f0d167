// Draws the dots: by WebGL, or on a plain canvas where there is none.

const VERTEX = `
attribute vec2 place; attribute float list;
uniform vec2 centre, scale; uniform float size, lists; uniform sampler2D colours;
varying vec4 colour;
void main() {
    colour = texture2D(colours, vec2((list + 0.5) / lists, 0.5));
    gl_Position = colour.a == 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : vec4((place - centre) * scale, 0.0, 1.0);
    gl_PointSize = size;
}`;
const FRAGMENT = `
precision mediump float;
uniform float edge; varying vec4 colour;
void main() {
    float cover = colour.a * smoothstep(0.5, 0.5 - edge, length(gl_PointCoord - 0.5));
    gl_FragColor = vec4(colour.rgb * cover, cover);
}`;
const OPACITY = 210;

// `colours` are [red, green, blue], that of songs in no list first; `shown` says of each list whether it is.
function scatter(canvas, map, colours, shown) {
    const gl = canvas.getContext("webgl", { antialias: false, alpha: true });
    return gl ? withWebGL(gl, map, colours, shown) : plain(canvas, map, colours, shown);
}

function withWebGL(gl, map, colours, shown) {
    let program;
    const prepare = () => {
        program = gl.createProgram();
        for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
            const shader = gl.createShader(kind);
            gl.shaderSource(shader, source);
            gl.compileShader(shader);
            gl.attachShader(program, shader);
        }
        gl.linkProgram(program);
        gl.useProgram(program);
        const places = new Uint16Array(2 * map.songs);
        for (let song = 0; song < map.songs; song++) {
            places[2 * song] = map.x[song];
            places[2 * song + 1] = map.y[song];
        }
        for (const [name, data, values] of [["place", places, 2], ["list", map.list, 1]]) {
            const attribute = gl.getAttribLocation(program, name);
            gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
            gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
            gl.enableVertexAttribArray(attribute);
            gl.vertexAttribPointer(attribute, values, gl.UNSIGNED_SHORT, false, 0, 0);
        }
        gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
        for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
        for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
        gl.enable(gl.BLEND);
        gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    };
    prepare();
    gl.canvas.addEventListener("webglcontextlost", event => event.preventDefault());
    gl.canvas.addEventListener("webglcontextrestored", () => { prepare(); dispatchEvent(new Event("resize")); });
    const uniform = (name, ...values) => gl[`uniform${values.length}f`](gl.getUniformLocation(program, name), ...values);
    return view => {
        const { width, height } = gl.canvas;
        const table = colours.flatMap((colour, list) => [...colour, shown[list] ? OPACITY : 0]);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, colours.length, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(table));
        gl.viewport(0, 0, width, height);
        gl.clear(gl.COLOR_BUFFER_BIT);
        uniform("centre", view.x, view.y);
        uniform("scale", 2 * view.scale / width, 2 * view.scale / height);
        uniform("size", view.size);
        uniform("edge", Math.min(0.5, 1 / view.size));
        uniform("lists", colours.length);
        gl.drawArrays(gl.POINTS, 0, map.songs);
    };
}

function plain(canvas, map, colours, shown) {
    const context = canvas.getContext("2d");
    return view => {
        const { width, height } = canvas;
        context.clearRect(0, 0, width, height);
        context.globalAlpha = OPACITY / 255;
        const styles = colours.map(colour => `rgb(${colour})`);
        for (let song = 0; song < map.songs; song++) {
            const list = map.list[song];
            if (!shown[list]) continue;
            const x = (map.x[song] - view.x) * view.scale + width / 2;
            const y = (view.y - map.y[song]) * view.scale + height / 2;
            if (x < 0 || y < 0 || x > width || y > height) continue;
            context.fillStyle = styles[list];
            context.fillRect(x - view.size / 2, y - view.size / 2, view.size, view.size);
        }
    };
}
