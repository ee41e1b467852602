import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('a handler for everything that goes on is found', () =>
  assertMarked(
    'broad-except',
    `
try:
    run()
except: # !
    pass
try:
    run()
except Exception as error: # !
    print(error)
try:
    run()
except (ValueError, Exception): # !
    result = None
def safe():
    try:
        run()
    except BaseException: # !
        return ''
`,
  ));

test('a handler that names its error, or raises, is not', () =>
  assertMarked(
    'broad-except',
    `
try:
    import faiss
except ImportError:
    faiss = None
try:
    run()
except (KeyError, ValueError) as error:
    print(error)
try:
    run()
except Exception:
    cleanup()
    raise
try:
    run()
except Exception as error:
    raise RuntimeError('run') from error
`,
  ));
