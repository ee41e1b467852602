export { type Reproduction, reproduce } from './reproduce.ts';
export { isSame } from './table-difference.ts';
