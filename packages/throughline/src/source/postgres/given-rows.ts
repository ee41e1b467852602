/**
 * Which rows of the overlap were given before, so that a look gives those alone that are new or others now. Memory: about 200 bytes for
 * each row that changed within the overlap, of at most MOST_ROWS; what is beyond is not remembered, and given again by each look.
 */
import { createHash } from 'node:crypto';
import type { WatchedRow } from './watched-table.ts';

const MOST_ROWS = 250_000;

export interface GivenRows {
  readonly size: number;
  /** Whether the row is another than the one that was given last for its id. One that changed before `keepFrom` is not remembered. */
  isNew(row: WatchedRow, keepFrom: number): boolean;
  /** What else is told of this id makes it other than what was given. */
  forget(id: string): void;
  /** All are to be given again. */
  clear(): void;
  /** Rows that changed earlier are not looked at again. */
  dropBefore(micros: number): void;
}

interface Given {
  micros: number;
  digest: bigint;
}

export function givenRows(most = MOST_ROWS): GivenRows {
  const given = new Map<string, Given>();
  return {
    get size() {
      return given.size;
    },
    isNew(row, keepFrom) {
      const { id, micros } = row;
      if (id === null || micros === null) return true;
      const digest = contentDigest(row);
      const before = given.get(id);
      if (before?.digest === digest) {
        before.micros = micros;
        return false;
      }
      given.delete(id);
      if (micros >= keepFrom && given.size < most) given.set(id, { micros, digest });
      return true;
    },
    forget: (id) => void given.delete(id),
    clear: () => given.clear(),
    dropBefore(earliest) {
      for (const [id, { micros }] of given) if (micros < earliest) given.delete(id);
    },
  };
}

/** 64 bits of sha256. The watermark is in it only where it is one of the columns. */
export function contentDigest({ isDeleted, cells }: Pick<WatchedRow, 'isDeleted' | 'cells'>): bigint {
  return createHash('sha256')
    .update(JSON.stringify([isDeleted, ...cells]))
    .digest()
    .readBigUInt64LE();
}
