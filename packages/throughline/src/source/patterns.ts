/** What a text is where a number or a boolean is meant: regular expressions that JavaScript, RE2 and Java read alike. */

// Only ASCII white space around a value: \s differs between them.
export const SPACE = '[ \\t\\n\\f\\r]*';
export const LONG = '[+-]?[0-9]{1,18}';
// In one way only: where a run of digits can be split in two, a long one that does not match takes its length squared.
export const DOUBLE = '[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?';
/** In small letters; capitals mean the same. */
export const TRUE = ['true', 't', 'yes', 'y', '1'];
export const FALSE = ['false', 'f', 'no', 'n', '0'];
