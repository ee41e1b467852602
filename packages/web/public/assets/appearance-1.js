// Kept by browsers for ever, as all assets: with other contents it needs another name.
// Before the first paint, so that the page never flashes in the other appearance. A file of its own: the policy
// of the server allows no scripts in the page.
try {
  const chosen = localStorage.getItem('throughline.appearance');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.appearance = chosen;
} catch {
  // Storage is turned off: the system's appearance it is.
}
