import type { AddFile } from './actions.ts';
import { numRecords } from './stats.ts';

const GROUP_FILES = 256; // a query costs some 2 ms, so small files are read many at a time
const GROUP_BYTES = 256 * 1024 * 1024;
const GROUP_FLAGS = 64 * 1024 * 1024; // rows of files with deletion vectors, a character each

/** At most so many characters the deletion vector takes; without statistics, which it must have, many. */
function flagsOf(file: AddFile): number {
  return file.deletionVector ? (numRecords(file) ?? GROUP_FLAGS) : 0;
}

/** Files that are read in one query, in the order given: as many as have room at a time. At least one file is expected. */
export function* groupsOf(files: readonly AddFile[]): Generator<AddFile[]> {
  let [group, bytes, flags]: [AddFile[], number, number] = [[], 0, 0];
  for (const file of files) {
    const more = flagsOf(file);
    const fits =
      group.length < GROUP_FILES && bytes + file.size <= GROUP_BYTES && flags + more <= GROUP_FLAGS;
    if (group.length > 0 && !fits) {
      yield group;
      [group, bytes, flags] = [[], 0, 0];
    }
    group.push(file);
    bytes += file.size;
    flags += more;
  }
  yield group;
}
