export { type Forgotten, forget, type Proof } from './forget.ts';
export { prove } from './prove.ts';
export { readmitRecords } from './readmit.ts';
export { allBuilds, readIds, readSubject } from './subject.ts';
