export { type Columns, openRowCommand, type RowCommand } from './row-command.ts';
export { commandsOf, type ShapingCommand, type SqlStep, stagesOf } from './stages.ts';
