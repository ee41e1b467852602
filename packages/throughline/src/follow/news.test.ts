import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openNews } from './news.ts';

test('what is derived is of whole batches, and each is so once', () => {
  const news = openNews(false);
  assert.equal(news.isDue(), false);
  news.changed();
  assert.equal(news.isDue(), false, 'other tables get more of the batch');
  news.settled();
  assert.equal(news.isDue(), true);
  news.changed();
  assert.equal(news.isDue(), false, 'nor of the next, where it is begun before it was the time');
  news.settled();
  news.taken();
  assert.equal(news.isDue(), false);
  news.changed();
  news.taken();
  news.settled();
  assert.equal(news.isDue(), false, 'it was taken');
  news.giveBack();
  assert.equal(news.isDue(), true);
  assert.equal(openNews(true).isDue(), true);
});
