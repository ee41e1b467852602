import { readCurrent } from '../../lake/lake.ts';
import { productVersion } from '../../run/versions.ts';
import type { Handler } from '../caller.ts';
import type { Service } from '../service.ts';

export function aboutHandler({ lake, searcher }: Service): Handler<'about'> {
  return async (_, { access }) => {
    const { mapping, version, madeAt, passages } = searcher.manifest;
    const { id = null, timestamp = null, attributes } = mapping;
    const { name, scopes, keyId, within } = access;
    return {
      name: lake.pipeline.name,
      version: await productVersion(),
      ...{ id, timestamp, attributes: attributes.map(({ name, type }) => ({ name, type })) },
      // How many there are in all is nothing that a part of them tells.
      index: {
        version,
        madeAt: new Date(madeAt).toISOString(),
        passages: within === undefined ? passages : null,
      },
      themes: (await readCurrent(lake)).themes ?? null,
      access: { key: keyId === null ? null : name, scopes: [...scopes], filtered: within !== undefined },
    };
  };
}
