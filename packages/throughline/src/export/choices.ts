/** What can be exported, and as what. */
export const EXPORTED_TABLES = [
  'passages',
  'records',
  'dead_letters',
  'themes',
  'assignments',
  'record_themes',
] as const;
export type ExportedTable = (typeof EXPORTED_TABLES)[number];

export const EXPORT_FORMATS = ['parquet', 'csv', 'jsonl', 'arrow', 'npy'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
