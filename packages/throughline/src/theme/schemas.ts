import { array, field, type StructType, struct } from '@throughline/delta';

export const themesSchema: StructType = struct([
  field('id', 'string'),
  field('parent', 'string'),
  field('label', 'string'),
  field('keywords', array('string')),
  field('size', 'long'),
  field('share', 'double'),
  field('representatives', array('string')),
  field('status', 'string'),
  field('first_seen', 'timestamp'),
  field('centroid', array('float')),
  field('sampled', 'long'),
  field('exemplars', array('float')),
]);

export const assignmentsSchema: StructType = struct([
  field('_chunk', 'string'),
  field('_passage', 'string'),
  field('_id', 'string'),
  field('_theme', 'string'),
  field('_score', 'float'),
  field('_margin', 'float'),
]);
