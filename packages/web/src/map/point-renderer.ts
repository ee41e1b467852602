/**
 * Draws points with WebGL 2: one call for all of them, 100,000 in a few milliseconds. Written here because the known
 * libraries make code from text (`new Function`), which the page's policy forbids.
 */
import type { Size, View } from './view.ts';

export interface PointRenderer {
  /** Coordinates of the points, in the order of the colours. */
  setPoints(xs: ArrayLike<number>, ys: ArrayLike<number>): void;
  /** Red, green, blue and opacity of each point, 0 to 255; no opacity hides it. */
  setColours(rgba: Uint8Array): void;
  /** `diameter` in CSS pixels. */
  draw(view: View, size: Size, diameter: number): void;
  dispose(): void;
}

const VERTEX = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in vec4 colour;
uniform vec2 middle;
uniform vec2 unit;
uniform float diameter;
out vec4 tint;
void main() {
  gl_Position = vec4((place - middle) * unit, 0.0, 1.0);
  gl_PointSize = colour.a == 0.0 ? 0.0 : diameter;
  tint = colour;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform float diameter;
in vec4 tint;
out vec4 pixel;
void main() {
  float away = length(gl_PointCoord - 0.5) * diameter;
  float cover = 1.0 - smoothstep(diameter * 0.5 - 1.0, diameter * 0.5, away);
  if (cover == 0.0 || tint.a == 0.0) discard;
  pixel = vec4(tint.rgb, 1.0) * tint.a * cover;
}`;

/** Undefined where the browser has no WebGL 2. */
export function createPointRenderer(canvas: HTMLCanvasElement): PointRenderer | undefined {
  const gl = canvas.getContext('webgl2', { antialias: false, premultipliedAlpha: true });
  if (gl === null) return undefined;
  const program = link(gl);
  const uniform = (name: string) => gl.getUniformLocation(program, name);
  const uniforms = { middle: uniform('middle'), unit: uniform('unit'), diameter: uniform('diameter') };
  const [places, colours] = [gl.createBuffer(), gl.createBuffer()];
  let points = 0;
  // biome-ignore lint/correctness/useHookAtTopLevel: a function of WebGL, no hook
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.bindBuffer(gl.ARRAY_BUFFER, places);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
  gl.bindBuffer(gl.ARRAY_BUFFER, colours);
  gl.enableVertexAttribArray(1);
  gl.vertexAttribPointer(1, 4, gl.UNSIGNED_BYTE, true, 0, 0);
  return {
    setPoints(xs, ys) {
      const data = new Float32Array(xs.length * 2);
      for (let i = 0; i < xs.length; i++) {
        data[2 * i] = xs[i]!;
        data[2 * i + 1] = ys[i]!;
      }
      gl.bindBuffer(gl.ARRAY_BUFFER, places);
      gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
      points = xs.length;
    },
    setColours(rgba) {
      gl.bindBuffer(gl.ARRAY_BUFFER, colours);
      gl.bufferData(gl.ARRAY_BUFFER, rgba, gl.DYNAMIC_DRAW);
    },
    draw(view, { width, height }, diameter) {
      const ratio = devicePixelRatio;
      const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
      gl.viewport(0, 0, w, h);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform2f(uniforms.middle, view.x, view.y);
      gl.uniform2f(uniforms.unit, (2 * view.scale) / width, (2 * view.scale) / height);
      gl.uniform1f(uniforms.diameter, diameter * ratio);
      gl.drawArrays(gl.POINTS, 0, points);
    },
    dispose() {
      gl.deleteBuffer(places);
      gl.deleteBuffer(colours);
      gl.deleteProgram(program);
    },
  };
}

function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS))
    throw new Error(`the map cannot be drawn: ${gl.getProgramInfoLog(program) ?? 'its shaders do not link'}`);
  return program;
}
