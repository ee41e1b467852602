import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributeName } from './attribute-name.ts';

test('names of attributes are those that tables can have', () => {
  assert.equal(attributeName('Company Name', []), 'company_name');
  assert.equal(attributeName('trustName', []), 'trust_name');
  assert.equal(attributeName('Überschrift (DE)', []), 'uberschrift_de');
  assert.equal(attributeName('2024', []), 'c_2024');
  assert.equal(attributeName('日付', []), 'column');
  assert.equal(attributeName('A-B', [{ name: 'a_b' }]), 'a_b_2');
});
