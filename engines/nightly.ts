/** For `{ skip }` of tests that take long and are not needed at each change: `npm run test:nightly` has them. */
export const nightly: string | false =
  process.env.THROUGHLINE_NIGHTLY === '1' ? false : 'at night: npm run test:nightly';
