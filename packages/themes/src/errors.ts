/** Vectors or counts that cannot be used: the message says which and why. */
export class ThemesError extends Error {
  readonly code: 'vectors_shape' | 'vectors_not_finite' | 'assignment_shape' | 'counts_shape';
  override readonly name = 'ThemesError';

  constructor(code: ThemesError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
