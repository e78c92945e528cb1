/** `/player/Ada%20L` is Ada L's page. */
export function nameOfPath(path: string): string {
  const last = path.split('/').filter(Boolean)[1] ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    // A stray `%` is part of a name that somebody typed.
    return last;
  }
}
