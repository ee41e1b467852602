import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { madeOnce } from './made-once.ts';

const run = promisify(execFile);

export interface MavenJars {
  /** `group:artifact:version`, each with all that it depends on. */
  coordinates: readonly string[];
  /** Groups whose jars are there already, and are left out. */
  excludeGroups?: readonly string[];
}

/** The paths of the jars, sorted; fetched once by Maven's own client, with the user's own settings. */
export async function mavenJars(wanted: MavenJars): Promise<string[]> {
  const directory = await madeOnce('jars', [wanted.coordinates, wanted.excludeGroups ?? []], (made) =>
    copyDependencies(wanted, made),
  );
  const names = await readdir(directory);
  const jars = names.filter((name) => name.endsWith('.jar')).sort();
  return jars.map((name) => join(directory, name));
}

async function copyDependencies({ coordinates, excludeGroups = [] }: MavenJars, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const project = await mkdtemp(join(tmpdir(), 'throughline-pom-'));
  try {
    const pom = join(project, 'pom.xml');
    await writeFile(pom, pomOf(coordinates));
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${to}`, '-DincludeScope=runtime'];
    const excluded = excludeGroups.length === 0 ? [] : [`-DexcludeGroupIds=${excludeGroups.join(',')}`];
    await run('mvn', ['--batch-mode', '--quiet', '--file', pom, ...goal, ...excluded], {
      maxBuffer: 1 << 26,
    });
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

function pomOf(coordinates: readonly string[]): string {
  const dependencies = coordinates.map((coordinate) => {
    const [group, artifact, version] = coordinate.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '<modelVersion>4.0.0</modelVersion>',
    '<groupId>throughline</groupId><artifactId>jars</artifactId><version>1</version><packaging>pom</packaging>',
    `<dependencies>${dependencies.join('')}</dependencies>`,
    '</project>',
  ].join('\n');
}
