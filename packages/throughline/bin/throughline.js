#!/usr/bin/env node
// The door: says plainly when Node is too old, before anything that an old Node cannot read is loaded.
const [major] = process.versions.node.split('.').map(Number);
if (major < 22) {
  process.stderr.write(
    `throughline needs Node 22 or newer; this is ${process.version}. Install a newer one from https://nodejs.org\n`,
  );
  process.exit(78);
}
const { main } = await import('../src/cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
