/** Columns of what the mapper makes of rows. */

const RECORD = 'id: STRING, text: STRING, at: STRING, hash: STRING, attributes: ARRAY<STRING>';
const PASSAGE =
  'passage: STRING, ordinal: INT, start: INT, end: INT, text: STRING, tokens: INT, hash: STRING';
export const MAPPED = [
  'idx INT',
  `record STRUCT<${RECORD}>`,
  `passages ARRAY<STRUCT<${PASSAGE}>>`,
  'dead STRUCT<step: STRING, id: STRING, code: STRING, message: STRING, payload: STRING>',
].join(', ');
/** Columns of MAPPED for a row that is none any more, before `dead`. */
export const UNMAPPED = `CAST(NULL AS STRUCT<${RECORD}>), CAST(array() AS ARRAY<STRUCT<${PASSAGE}>>)`;
