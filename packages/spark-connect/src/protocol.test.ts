import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DescEnum, type DescField, type DescMessage, fromBinary, isFieldSet } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { spark } from '../../../engines/spark.ts';
import { generateProtocol } from '../make/protocol.ts';
import { file_spark_connect as file } from './protocol/spark_connect_pb.ts';

test('the generated modules are those of the .proto files', async (t) => {
  const out = await mkdtemp(join(tmpdir(), 'protocol-'));
  t.after(() => rm(out, { recursive: true, force: true }));
  await generateProtocol(out);
  for (const name of await readdir(out)) {
    const committed = await readFile(join(import.meta.dirname, 'protocol', name), 'utf8');
    assert.equal(
      await readFile(join(out, name), 'utf8'),
      committed,
      `${name}: npm run protocol -w packages/spark-connect`,
    );
  }
});

const engine = await spark();

test("every message, field and value has Spark's own number and type", {
  skip: engine.ok ? false : engine.reason,
}, async () => {
  assert.ok(engine.ok);
  const theirs = await descriptors(join(engine.home, 'sql', 'connect', 'proto'));
  const ours = [...file.messages.flatMap(withNested)];
  assert.ok(ours.length > 80);
  for (const message of ours) {
    const original = theirs.messages.get(message.typeName);
    assert.ok(original !== undefined, `Spark has no ${message.typeName}`);
    for (const field of message.fields) compareField(message, field, original);
  }
  for (const one of ours.flatMap(({ nestedEnums }) => nestedEnums)) compareEnum(one, theirs.enums);
});

function withNested(message: DescMessage): DescMessage[] {
  return [message, ...message.nestedMessages.flatMap(withNested)];
}

function compareField(message: DescMessage, field: DescField, original: DescriptorProto): void {
  const their = original.field.find(({ name }) => name === field.name);
  assert.ok(their !== undefined, `Spark's ${message.typeName} has no ${field.name}`);
  const shape = (one: FieldDescriptorProto, of: DescriptorProto) => {
    const { number, type, label, typeName, proto3Optional } = one;
    return { number, type, label, typeName, proto3Optional, oneof: oneofOf(one, of) };
  };
  assert.deepEqual(
    shape(field.proto, message.proto),
    shape(their, original),
    `${message.typeName}.${field.name}`,
  );
}

function oneofOf(field: FieldDescriptorProto, { oneofDecl }: DescriptorProto): string | undefined {
  if (!isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex)) return undefined;
  return oneofDecl[field.oneofIndex]!.name;
}

function compareEnum(one: DescEnum, theirs: Map<string, EnumDescriptorProto>): void {
  const values = (all: { name: string; number: number }[]) =>
    all.map(({ name, number }) => `${name}=${number}`);
  assert.deepEqual(values(one.values), values(theirs.get(one.typeName)!.value));
}

/** PySpark's generated modules hold the descriptors as a literal of bytes. */
async function descriptors(folder: string) {
  const messages = new Map<string, DescriptorProto>();
  const enums = new Map<string, EnumDescriptorProto>();
  const visit = (prefix: string, message: DescriptorProto) => {
    const name = `${prefix}.${message.name}`;
    messages.set(name, message);
    for (const nested of message.nestedType) visit(name, nested);
    for (const one of message.enumType) enums.set(`${name}.${one.name}`, one);
  };
  for (const name of ['base', 'commands', 'relations', 'expressions', 'types']) {
    const python = await readFile(join(folder, `${name}_pb2.py`), 'latin1');
    const literal = /AddSerializedFile\(\s*b(['"])([\s\S]*?)\1\s*\)/.exec(python)![2]!;
    const file = fromBinary(FileDescriptorProtoSchema, pythonBytes(literal));
    for (const message of file.messageType) visit(file.package, message);
  }
  return { messages, enums };
}

function pythonBytes(literal: string): Uint8Array {
  const named: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
  const text = literal.replace(/\\(x[0-9a-f]{2}|[\s\S])/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (named[code] ?? code),
  );
  return Buffer.from(text, 'latin1');
}
