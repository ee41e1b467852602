#!/usr/bin/env node
// The door: says plainly when Node is too old, before anything that an old Node cannot read is loaded.
// A published package holds dist; the repository holds src, which only its own Node 24 runs.
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';

const source = new URL('../src/cli/main.ts', import.meta.url);
const developed = existsSync(source);
// 22.12 is the first that requires modules that are no CommonJS, as packages of the server do.
const needed = developed ? '24' : '22.12';
const [major, minor] = process.versions.node.split('.').map(Number);
const [leastMajor, leastMinor = 0] = needed.split('.').map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  const place = developed ? ' to run from its source' : '';
  process.stderr.write(
    `throughline needs Node ${needed} or newer${place}; this is ${process.version}. Install a newer one from https://nodejs.org\n`,
  );
  process.exit(78);
}
// A third of a second of each command: Node keeps what it has compiled.
nodeModule.enableCompileCache?.();
const { main } = await import(developed ? source.href : '../dist/cli/main.js');
process.exitCode = await main(process.argv.slice(2));
