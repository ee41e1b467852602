import type { Arch } from './arch.ts';

/** What Node says of itself: a part of `process`. */
export interface NodeFacts {
  readonly platform: string;
  readonly arch: string;
  readonly release: { readonly name: string };
  readonly version: string;
  /** Of `process.config`: how it was built. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** glibc that it was built against; undefined with another C library. */
  readonly glibc: string | undefined;
}

/** What the official builds of Node 18 to 24 need, and any Linux of the last years has. */
const OFFICIAL_GLIBC = 2.28;
const OLDEST_NODE = 22;

/**
 * Whether this Node's one file runs on any Linux of that architecture: it has no shared libraries besides those of the
 * compiler (the builds of distributions do: `node_shared_openssl`, the system's ICU), and needs no newer glibc than the
 * official builds.
 */
export function isOfficialNode(facts: NodeFacts, arch: Arch): boolean {
  const { platform, release, version, variables, glibc } = facts;
  if (platform !== 'linux' || facts.arch !== arch || release.name !== 'node') return false;
  if (Number(/^v(\d+)\.\d+\.\d+$/.exec(version)?.[1] ?? 0) < OLDEST_NODE) return false;
  const shared = Object.keys(variables).filter((name) => name.startsWith('node_shared'));
  // Node writes some of its settings as text.
  if (shared.length === 0 || shared.some((name) => String(variables[name]) !== 'false')) return false;
  if (/system/.test(String(variables.icu_gyp_path ?? ''))) return false;
  return glibc !== undefined && Number(glibc) <= OFFICIAL_GLIBC;
}

/** Of the running process. */
export function nodeFacts(): NodeFacts {
  const { platform, arch, release, version } = process;
  const variables = process.config.variables as Record<string, unknown>;
  return { platform, arch, release, version, variables, glibc: builtAgainst() };
}

function builtAgainst(): string | undefined {
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean };
  const { excludeNetwork } = report;
  // It would look up the names of all connections.
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionCompiler?: string } };
  report.excludeNetwork = excludeNetwork ?? false;
  return header?.glibcVersionCompiler;
}
