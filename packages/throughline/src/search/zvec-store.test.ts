import { testStore } from './testing/store-suite.ts';
import { zvecCollections } from './zvec-collections.ts';

testStore({ collections: async () => zvecCollections() });
