/** What went wrong at a broker, in the words of the product. */
import { type ErrorDetails, EXIT, ThroughlineError } from '../../error.ts';

interface Fault {
  message?: string;
  /** Kafka's name of it: https://kafka.apache.org/protocol#protocol_error_codes */
  apiId?: string;
  code?: string;
  cause?: unknown;
  errors?: unknown[];
}

/** By Kafka's names, those of the operating system, and those of the client. */
const KNOWN: [names: RegExp, details: ErrorDetails][] = [
  [
    /^(PLT_KFK_AUTHENTICATION|SASL_AUTHENTICATION_FAILED|[A-Z_]+_AUTHORIZATION_FAILED|UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE)$/,
    {
      code: 'source_refused',
      exitCode: EXIT.permission,
      hint: 'Check source.sasl, and whether this user may read the topic and, with source.group, the group.',
    },
  ],
  [
    /^(UNKNOWN_TOPIC|UNKNOWN_TOPIC_OR_PARTITION|UNKNOWN_TOPIC_ID|INVALID_TOPIC_EXCEPTION)$/,
    { code: 'source_missing', exitCode: EXIT.noInput, hint: 'Check source.topic and source.brokers.' },
  ],
  [
    /^(INCONSISTENT_GROUP_PROTOCOL|INVALID_GROUP_ID|GROUP_MAX_SIZE_REACHED)$/,
    {
      code: 'source_group',
      exitCode: EXIT.config,
      hint: 'Other programs are in this group: give the pipeline a group of its own.',
    },
  ],
];

const UNAVAILABLE: ErrorDetails = {
  code: 'source_unavailable',
  exitCode: EXIT.tryAgain,
  hint: 'Are the brokers up, is source.brokers their address, and do they expect source.tls? Run again: it goes on where it was.',
};

/** `Kafka at host:9092: what the innermost cause says`. */
export function kafkaError(error: unknown, brokers: readonly string[]): ThroughlineError {
  if (error instanceof ThroughlineError) return error;
  const faults = faultsOf(error);
  const names = faults.flatMap(namesOf);
  const details = KNOWN.find(([known]) => names.some((name) => known.test(name)))?.[1] ?? UNAVAILABLE;
  const said = faults.findLast(({ message }) => message)?.message ?? String(error);
  return new ThroughlineError(`Kafka at ${brokers.join(', ')}: ${said}`, { ...details, cause: error });
}

/** Whether waiting may help. */
export function mayPass(error: unknown): boolean {
  if (error instanceof ThroughlineError) return false;
  const { exitCode } = kafkaError(error, []);
  // A topic that is not known may be on its way from one broker to another.
  return exitCode === EXIT.tryAgain || exitCode === EXIT.noInput;
}

/** It and all that it was caused by, the innermost last. */
function faultsOf(error: unknown): Fault[] {
  if (error === null || typeof error !== 'object') return [];
  const fault = error as Fault;
  return [fault, ...(fault.errors ?? []).slice(0, 1).flatMap(faultsOf), ...faultsOf(fault.cause)];
}

function namesOf({ apiId, code, message }: Fault): string[] {
  // The client has no name for it.
  const unknownTopic = code === 'PLT_KFK_USER' && /^Unknown topic/.test(message ?? '') ? 'UNKNOWN_TOPIC' : '';
  return [apiId, code, unknownTopic].filter((name) => typeof name === 'string');
}
