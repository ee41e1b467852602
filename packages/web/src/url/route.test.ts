import assert from 'node:assert/strict';
import test from 'node:test';
import { address } from './address.ts';
import { routeOf } from './route.ts';

test('an address shows one page', () => {
  assert.equal(routeOf('/').page, 'search');
  assert.equal(routeOf('/search?q=fees').page, 'search');
  assert.equal(routeOf('/themes?view=map').page, 'themes');
  assert.equal(routeOf('/operations').page, 'operations');
  for (const path of ['/nothing', '/themes/t1/more', '/search/x', '/records'])
    assert.equal(routeOf(path).page, 'unknown');
});

test('ids come back as they were, whatever they hold', () => {
  for (const id of ['3164232', 'a/b', 'ü ?&#%', '..']) {
    const route = routeOf(`/records/${encodeURIComponent(id)}?q=x`);
    assert.ok(route.page === 'search' && route.record === id);
    const theme = routeOf(`/themes/${encodeURIComponent(id)}`);
    assert.ok(theme.page === 'theme' && theme.id === id);
  }
  const broken = routeOf('/records/%E0%A4%A');
  assert.ok(broken.page === 'search' && broken.record === '%E0%A4%A');
});

test('a parameter that says nothing is not written', () => {
  assert.equal(address('/themes', { view: undefined, by: '' }), '/themes');
  assert.equal(address('/themes', { by: 'a&b' }), '/themes?by=a%26b');
});
