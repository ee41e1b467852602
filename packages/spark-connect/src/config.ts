import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Channel } from './channel.ts';
import type { ConfigRequest_OperationSchema } from './protocol/spark_connect_pb.ts';
import type { Limits } from './settings.ts';

type Operation = NonNullable<MessageInitShape<typeof ConfigRequest_OperationSchema>['opType']>;

/** Settings of one session, such as `spark.sql.shuffle.partitions`. */
export class Config {
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** The value in force, which may be Spark's default; undefined where there is none. */
  async get(key: string, limits: Limits = {}): Promise<string | undefined> {
    const pairs = await this.#send({ case: 'getOption', value: { keys: [key] } }, limits);
    return pairs.get(key);
  }

  /** All settings that were made, of the session or the server, whose key begins with `prefix`, by their full key. */
  async getAll(prefix = '', limits: Limits = {}): Promise<Map<string, string>> {
    const all = await this.#send({ case: 'getAll', value: {} }, limits);
    return new Map([...all].filter(([key]) => key.startsWith(prefix)));
  }

  /** Makes settings, all or none of them refused by the server. */
  async set(values: Readonly<Record<string, string>>, limits: Limits = {}): Promise<void> {
    const pairs = Object.entries(values).map(([key, value]) => ({ key, value }));
    await this.#send({ case: 'set', value: { pairs } }, limits);
  }

  /** Takes settings back: what the server has holds again. */
  async unset(keys: string | readonly string[], limits: Limits = {}): Promise<void> {
    await this.#send({ case: 'unset', value: { keys: [keys].flat() } }, limits);
  }

  async #send(opType: Operation, limits: Limits): Promise<Map<string, string>> {
    const { service, caller } = this.#channel;
    const { pairs } = await this.#channel.call(
      (options) => service.config({ ...caller(), operation: { opType } }, options),
      limits,
    );
    return new Map(pairs.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]])));
  }
}
