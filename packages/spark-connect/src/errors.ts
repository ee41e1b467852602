/** What every error of this package is: `code` is stable and meant for programs, the message for people. */
export class SparkConnectError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The connection string cannot be used. The message never holds a value of it. */
export class ConnectionStringError extends SparkConnectError {
  constructor(problem: string) {
    super('INVALID_CONNECTION_STRING', `The connection string cannot be used: ${problem}.`);
  }
}

/** The server could not be reached, or went away, for longer than was allowed. */
export class UnavailableError extends SparkConnectError {
  constructor(message: string, options?: ErrorOptions) {
    super('UNAVAILABLE', message, options);
  }
}

/** The server does not accept the token, or the user may not do this. */
export class UnauthenticatedError extends SparkConnectError {
  constructor(message: string, options?: ErrorOptions) {
    super('UNAUTHENTICATED', message, options);
  }
}

/** The server no longer has the session: its views, settings and artifacts are gone. Connect again. */
export class SessionLostError extends SparkConnectError {
  constructor(message: string, options?: ErrorOptions) {
    super('SESSION_LOST', message, options);
  }
}

/** The server's answer breaks the protocol, or the server is older than Spark 4. */
export class ProtocolError extends SparkConnectError {
  constructor(message: string, options?: ErrorOptions) {
    super('PROTOCOL', message, options);
  }
}

/** One error of the server's chain of causes. */
export interface SparkErrorCause {
  /** The Java class, such as `org.apache.spark.sql.AnalysisException`. */
  exception: string;
  message: string;
  /** Spark's error condition, such as `TABLE_OR_VIEW_NOT_FOUND`, where it has one. */
  errorClass?: string;
  sqlState?: string;
  parameters: Record<string, string>;
  /** The server's stack, a frame a line, innermost first, where it sends one. */
  stack: string[];
}

/** Spark refused or failed. `code` is Spark's error condition, or `SPARK_ERROR` where Spark names none. */
export class SparkError extends SparkConnectError {
  readonly exception: string;
  readonly errorClass: string | undefined;
  readonly sqlState: string | undefined;
  readonly parameters: Record<string, string>;
  readonly #chain: readonly [SparkErrorCause, ...SparkErrorCause[]];

  /** `chain` is the error and what caused it, outermost first. */
  constructor(chain: readonly [SparkErrorCause, ...SparkErrorCause[]]) {
    const [root] = chain;
    super(root.errorClass ?? 'SPARK_ERROR', root.message);
    this.exception = root.exception;
    this.errorClass = root.errorClass;
    this.sqlState = root.sqlState;
    this.parameters = root.parameters;
    this.#chain = chain;
  }

  /** The server's stack, a frame a line, where it sends one. Not among the properties: it would fill every log. */
  get serverStack(): readonly string[] {
    return this.#chain[0].stack;
  }

  /** What caused the error on the server, outermost first. */
  get causes(): readonly SparkErrorCause[] {
    return this.#chain.slice(1);
  }
}
