/** Gives the browser a file to save. */
export function download(name: string, text: string): void {
  // Spreadsheets take a file for UTF-8 only where it begins with this mark.
  const url = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
