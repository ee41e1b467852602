/** Names of the columns that staging adds. U+001F is in no name of a source's column, so none can be taken for another. */
import { quoteIdentifier } from '@throughline/delta';

export const FILE_NAME = '\u001ffile';

/** As quoted identifiers: place in the source from 1, file, chunk, content hash, and a line that is no JSON object. */
export const OWN = {
  row: quoteIdentifier('\u001frow'),
  file: quoteIdentifier(FILE_NAME),
  chunk: quoteIdentifier('\u001fchunk'),
  content: quoteIdentifier('\u001fcontent'),
  raw: quoteIdentifier('\u001fraw'),
} as const;
