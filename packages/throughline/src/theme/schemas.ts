import { array, field, type StructType, struct } from '@throughline/delta';

export const themesSchema: StructType = struct([
  field('id', 'string'),
  field('kind', 'string'),
  field('parent', 'string'),
  field('label', 'string'),
  field('auto_label', 'string'),
  field('description', 'string'),
  field('hidden', 'boolean'),
  field('pinned', 'boolean'),
  field('keywords', array('string')),
  field('size', 'long'),
  field('share', 'double'),
  field('representatives', array('string')),
  field('status', 'string'),
  field('first_seen', 'timestamp'),
  field('centroid', array('float')),
  field('sampled', 'long'),
]);

/** `_found`: the theme of the fit, before edits; score and margin are its own. `_x` and `_y`: on the map; null for texts without content. `_theme` is null where the score is below `themes.minScore`. */
export const assignmentsSchema: StructType = struct([
  field('_chunk', 'string'),
  field('_passage', 'string'),
  field('_id', 'string'),
  field('_theme', 'string'),
  field('_score', 'float'),
  field('_margin', 'float'),
  field('_found', 'string'),
  field('_tokens', 'integer'),
  field('_x', 'float'),
  field('_y', 'float'),
]);

/** `_share`: of the record's votes. `_theme` is null where no passage has one. */
export const recordThemesSchema: StructType = struct([
  field('_id', 'string'),
  field('_theme', 'string'),
  field('_share', 'double'),
  field('_passages', 'long'),
]);

/** `id`: names from the top. `size` and `share` count the topics below; `own` does not. The last four are null where nothing was measured. */
export const topicsSchema: StructType = struct([
  field('id', 'string'),
  field('name', 'string'),
  field('parent', 'string'),
  field('size', 'long'),
  field('share', 'double'),
  field('own', 'long'),
  field('threshold', 'double'),
  field('labelled', 'long'),
  field('precision', 'double'),
  field('recall', 'double'),
  field('f1', 'double'),
]);

/** `_topic` is null where the threshold of `_nearest` is not met; the score is that of `_nearest`. */
export const topicAssignmentsSchema: StructType = struct([
  field('_chunk', 'string'),
  field('_passage', 'string'),
  field('_id', 'string'),
  field('_topic', 'string'),
  field('_score', 'float'),
  field('_nearest', 'string'),
]);

/** What passages are compared with: a few vectors for each theme of a fit. */
export const exemplarsSchema: StructType = struct([
  field('_theme', 'string'),
  field('_embedding', array('float')),
  field('_x', 'float'),
  field('_y', 'float'),
]);

/** Where a fit has put the texts of its sample: into which theme, and on the map. */
export const fitMembersSchema: StructType = struct([
  field('_theme', 'string'),
  field('_hash', 'string'),
  field('_x', 'float'),
  field('_y', 'float'),
]);

export const themeEditsSchema: StructType = struct([
  field('number', 'long'),
  field('kind', 'string'),
  field('theme', 'string'),
  field('undoes', 'long'),
  field('author', 'string'),
  field('at', 'timestamp'),
  field('payload', 'string'),
]);
