export { type InitFromResult, initFrom } from './init-from.ts';
export { placeOf } from './setting.ts';
