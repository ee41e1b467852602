/** `npm run protocol -w packages/spark-connect`: src/protocol/*_pb.ts from proto/*.proto, by buf and protoc-gen-es. */
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACKAGE = join(import.meta.dirname, '..');
const BIN = join(PACKAGE, '..', '..', 'node_modules', '.bin');

/** Node runs the result as it is: enums are objects, and imports name the file with its ending. */
const OPTIONS = ['target=ts', 'import_extension=ts', 'erasable_syntax=true'];

/** Writes the generated modules into `out`. */
export async function generateProtocol(out: string): Promise<void> {
  const template = { version: 'v2', plugins: [{ local: 'protoc-gen-es', out, opt: OPTIONS }] };
  const PATH = [BIN, process.env.PATH].join(delimiter);
  await run(join(BIN, 'buf'), ['generate', '--template', JSON.stringify(template)], {
    cwd: join(PACKAGE, 'proto'),
    env: { ...process.env, PATH },
  });
}

if (import.meta.main) await generateProtocol(join(PACKAGE, 'src', 'protocol'));
