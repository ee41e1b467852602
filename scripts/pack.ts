/**
 * `npm run pack -- --out DIR`: builds every published package and leaves its tarball in DIR, as `npm publish DIR/X.tgz`
 * takes it. In the repository the packages run from `src`; only what is packed names `dist`.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { buildPackages } from './build.ts';
import { type Package, publishedPackages, ROOT } from './packages.ts';
import { packedManifest } from './packed-manifest.ts';

const run = promisify(execFile);

/** What of a package's own folder is published, if it is there. */
const SHIPPED = ['dist', 'bin', 'model', 'python', 'README.md', 'LICENSE', 'CHANGELOG.md'];
/** The repository's own papers: the licence for each package that has none, all three for the product. */
const PAPERS = ['README.md', 'LICENSE', 'CHANGELOG.md'];
const PRODUCT = 'throughline';

export interface Tarball {
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** Bytes packed, and unpacked. */
  readonly size: number;
  readonly unpackedSize: number;
  /** Paths inside the package. */
  readonly files: readonly string[];
}

/** Builds and packs the published packages into `out`. Throws BuildError if they do not compile. */
export async function packPackages(out: string): Promise<Tarball[]> {
  const packages = await publishedPackages();
  await buildPackages(packages);
  await mkdir(out, { recursive: true });
  const tarballs: Tarball[] = [];
  for (const one of packages) tarballs.push(await packOne(one, resolve(out)));
  return tarballs;
}

async function packOne(one: Package, out: string): Promise<Tarball> {
  const staging = await mkdtemp(join(tmpdir(), 'throughline-pack-'));
  try {
    await stage(one, staging);
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', out], { cwd: staging });
    return tarball(stdout, out);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function stage({ folder, manifest }: Package, staging: string): Promise<void> {
  const papers = manifest.name === PRODUCT ? PAPERS : ['LICENSE'];
  for (const name of papers) await cp(join(ROOT, name), join(staging, name));
  const own = await readdir(folder);
  for (const name of SHIPPED.filter((name) => own.includes(name))) {
    await cp(join(folder, name), join(staging, name), { recursive: true });
  }
  const packed = packedManifest(manifest, (await readdir(staging)).sort());
  await writeFile(join(staging, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`);
}

interface PackReport {
  name: string;
  filename: string;
  size: number;
  unpackedSize: number;
  files: { path: string }[];
}

/** npm 12 reports by name, its predecessors a list. */
async function tarball(report: string, out: string): Promise<Tarball> {
  const [packed] = Object.values(JSON.parse(report) as PackReport[] | Record<string, PackReport>);
  if (packed === undefined) throw new Error(`npm pack reported nothing: ${report}`);
  const { name, filename, unpackedSize, files } = packed;
  const path = join(out, filename);
  return { name, path, size: (await stat(path)).size, unpackedSize, files: files.map((file) => file.path) };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: 'packed' } } });
  for (const { path, size, unpackedSize, files } of await packPackages(values.out)) {
    console.log(`${path}: ${kilobytes(size)}, ${files.length} files, ${kilobytes(unpackedSize)} unpacked`);
  }
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1000).toLocaleString('en')} kB`;
}
