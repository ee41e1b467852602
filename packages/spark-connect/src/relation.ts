import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { RecordBatch } from 'apache-arrow';
import { readBatches } from './arrow.ts';
import type { Channel } from './channel.ts';
import { fromMessage, type StructType } from './data-type.ts';
import { ProtocolError } from './errors.ts';
import { execute } from './execution.ts';
import {
  type CommandSchema,
  type Plan,
  PlanSchema,
  type Relation as RelationMessage,
} from './protocol/spark_connect_pb.ts';
import { type Row, readRows } from './rows.ts';
import type { ExecuteSettings, Limits } from './settings.ts';
import { type Write, writeOperation } from './write.ts';

type CommandShape = NonNullable<MessageInitShape<typeof CommandSchema>['commandType']>;

/** Rows that Spark can make, not yet made: each method runs the query anew. */
export class Relation {
  readonly #channel: Channel;
  readonly #message: () => Promise<RelationMessage>;

  /** By `session.sql` and `session.execute`. */
  constructor(channel: Channel, message: () => Promise<RelationMessage>) {
    this.#channel = channel;
    this.#message = message;
  }

  /** Names and types of the columns; nothing is run. */
  async schema(limits: Limits = {}): Promise<StructType> {
    const { service, caller } = this.#channel;
    const analyze = { case: 'schema' as const, value: { plan: await this.#plan() } };
    const { result } = await this.#channel.call(
      (options) => service.analyzePlan({ ...caller(), analyze }, options),
      limits,
    );
    const schema = result.case === 'schema' ? result.value.schema : undefined;
    if (schema === undefined) throw new ProtocolError('The server answered without a schema.');
    return fromMessage(schema) as StructType;
  }

  /** The result as Arrow record batches of at most some 4 MB, as they come; the next is asked for when one was read. */
  async *batches(settings: ExecuteSettings = {}): AsyncGenerator<RecordBatch, void, void> {
    yield* readBatches(this.#channel, await this.#plan(), settings);
  }

  /** The result as plain objects; see `Value` for how each type looks. */
  async *rows(settings: ExecuteSettings = {}): AsyncGenerator<Row, void, void> {
    for await (const batch of this.batches(settings)) yield* readRows(batch);
  }

  /** Gives the query a name in this session. The query runs when the name is used. */
  async createTempView(name: string, options: { replace?: boolean } & ExecuteSettings = {}): Promise<void> {
    const { replace = false, ...settings } = options;
    const value = { input: await this.#message(), name, isGlobal: false, replace };
    await this.#run({ case: 'createDataframeView', value }, settings);
  }

  /** Runs the query on the cluster and saves its rows; none of them comes here. */
  async write(write: Write & ExecuteSettings): Promise<void> {
    await this.#run({ case: 'writeOperation', value: writeOperation(await this.#message(), write) }, write);
  }

  async #run(commandType: CommandShape, settings: ExecuteSettings): Promise<void> {
    const plan = create(PlanSchema, { opType: { case: 'command', value: { commandType } } });
    for await (const _ of execute(this.#channel, plan, settings)); // a command's answer holds nothing
  }

  async #plan(): Promise<Plan> {
    return create(PlanSchema, { opType: { case: 'root', value: await this.#message() } });
  }
}
