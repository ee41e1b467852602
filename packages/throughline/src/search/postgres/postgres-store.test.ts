import { after } from 'node:test';
import { postgres } from '../../../../../engines/postgres.ts';
import { testStore } from '../testing/store-suite.ts';
import { postgresCollections } from './collections.ts';

const engine = await postgres();
after(async () => engine.ok && engine.stop());

testStore({
  skip: engine.ok ? false : engine.reason,
  collections: async () => postgresCollections({ pgvector: engine.ok ? engine.url : '', schema: 'suite' }),
});
