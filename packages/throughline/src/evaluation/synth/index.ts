export { type MadeJudgements, makeJudgements } from './make-judgements.ts';
