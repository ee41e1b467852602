/** Texts that would be code if anything took them for more than text: OWASP's and browsers' old favourites. */
import type { Complaint } from '../../throughline/test/complaints.ts';

export const HOSTILE_TEXTS = [
  '<img src=x onerror="globalThis.hacked=1"> quagmire',
  '<script>globalThis.hacked=2</script> quagmire',
  '"><svg onload=globalThis.hacked=3> quagmire',
  'javascript:globalThis.hacked=4 // quagmire [a](javascript:alert(1))',
  '<a href="javascript:globalThis.hacked=5">quagmire</a>',
  "'; globalThis.hacked=6; var quagmire='",
  '{{constructor.constructor("globalThis.hacked=7")()}} quagmire',
  '</textarea></title><iframe srcdoc="<script>parent.hacked=8</script>"></iframe> quagmire',
  'quagmire \u202eReversed\u202c \u0007 <style>*{display:none}</style>',
  '=HYPERLINK("http://127.0.0.1/?q="&A1,"quagmire")',
] as const;

/** Each as the text of a record, and as the values of its attributes. */
export const HOSTILE: Complaint[] = HOSTILE_TEXTS.map((text, i) => ({
  complaint_id: `<b>hostile</b>/${i}?&#"'`,
  date_received: '2019-03-01',
  product: text,
  sub_product: '',
  issue: '<img src=x onerror="globalThis.hacked=9">',
  sub_issue: '',
  company: 'javascript:globalThis.hacked=10',
  state: 'XX',
  narrative: `${text} is what was written on the letter that the bank sent, and nothing else was in it.`,
}));
