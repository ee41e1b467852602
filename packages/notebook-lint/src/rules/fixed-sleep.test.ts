import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('a sleep of a fixed time is found; one that grows or is drawn is not', () =>
  assertMarked(
    'fixed-sleep',
    `
import time, random, asyncio
from time import sleep as nap
PAUSE = 20
time.sleep(1) # !
nap(0.5) # !
while not ready():
    time.sleep(PAUSE) # !
async def wait():
    await asyncio.sleep(60) # !
time.sleep(2 ** attempt)
time.sleep(random.random())
time.sleep(min(60, delay))
time.sleep(float(response.headers['Retry-After']))
time.sleep(0)
def call():
    delay = 1
    while True:
        time.sleep(delay)
        delay *= 2
driver.sleep(1)
`,
  ));
