import { isRemote } from '../../lake/lake-path.ts';

export interface DatasetName {
  namespace: string;
  name: string;
}

/** By OpenLineage's conventions of names: the file system or the bucket, then the path in it. */
export function datasetName(location: string): DatasetName {
  if (!isRemote(location)) return { namespace: 'file', name: location };
  const [, bucket, key] = /^([a-z0-9+.-]+:\/\/[^/]+)\/?(.*)$/i.exec(location)!;
  return { namespace: bucket!, name: key || '/' };
}
