/** Small public collections with judgements, beside this repository or in $COLLECTIONS: what is not there is left out, and said. */
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeBanking77 } from './banking77.ts';

export const SHARED = process.env.COLLECTIONS ?? join(import.meta.dirname, '..', '..', 'shared', 'data');
/** For what benches make and find again. */
export const CACHE = join(homedir(), '.cache', 'throughline', 'bench');

export interface Collection {
  name: string;
  /** In the layout of BEIR. */
  directory: string;
}

export async function collections(): Promise<Collection[]> {
  const found: Collection[] = [];
  for (const name of ['cranfield', 'cacm']) {
    const directory = join(SHARED, name);
    if (await isThere(directory)) found.push({ name, directory });
  }
  if (await isThere(join(SHARED, 'banking77_train.csv'))) {
    const directory = join(CACHE, 'banking77');
    await makeBanking77(SHARED, directory);
    found.push({ name: 'banking77', directory });
  }
  return found;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => {
      console.log(`skipped: ${path} is not there`);
      return false;
    },
  );
}
