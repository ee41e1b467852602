import { EXIT, ThroughlineError } from '../error.ts';

/** Where in the expression, both counted from 1; columns in UTF-16 code units. */
export interface Position {
  line: number;
  column: number;
}

export type FilterErrorCode =
  | 'filter_syntax'
  | 'filter_unknown_column'
  | 'filter_type'
  | 'filter_unsupported'
  | 'filter_too_large';

/** The expression cannot be used: the message names what is wrong, `position` says where. */
export class FilterError extends ThroughlineError {
  override readonly name = 'FilterError';
  readonly position: Position;

  constructor(code: FilterErrorCode, message: string, position: Position, hint: string, cause?: unknown) {
    super(`filter, line ${position.line}, column ${position.column}: ${message}`, {
      code,
      exitCode: EXIT.usage,
      hint,
      cause,
    });
    this.position = position;
  }
}

/** The filter is right, but this engine has no words for it. Nothing is approximated. */
export class FilterNotSupportedError extends ThroughlineError {
  override readonly name = 'FilterNotSupportedError';

  constructor(message: string, hint: string) {
    super(message, { code: 'filter_not_supported', exitCode: EXIT.usage, hint });
  }
}
