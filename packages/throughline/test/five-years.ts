/** A record in each of five years: a chunk each,. */
export const HEADER = 'complaint_id,narrative,date_received,product,issue,company,state\n';
const YEARS = [2018, 2019, 2020, 2021, 2022];
export const DATA = `${HEADER}${YEARS.map((year, i) => `${i},text ${i},${year}-03-04,${i},i,c,s\n`).join('')}`;
