export { initFrom } from './init-from.ts';
export { placeOf } from './setting.ts';
