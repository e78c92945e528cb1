// Hands a file on: to the system's share sheet where there is one, else into the downloads.

/** False when the person thought better of it. */
export async function share(file: File): Promise<boolean> {
  const sheet = { files: [file] };
  // Only pages from https have the sheet; many that have it take no files.
  if (navigator.canShare?.(sheet)) {
    try {
      await navigator.share(sheet);
      return true;
    } catch (refused) {
      if (refused instanceof DOMException && refused.name === 'AbortError') return false;
    }
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  // The download has its own hold on it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
}
