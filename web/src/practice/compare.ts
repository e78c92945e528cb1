// How a result compares with those before it, in words.
import { t } from '../i18n';

export interface Compared {
  /** Better than all before, of which there are some. */
  isBest: boolean;
  lines: string[];
}

/** `before`: the earlier results, oldest first. */
export function compare(score: number, before: readonly number[]): Compared {
  const last = before[before.length - 1];
  if (last === undefined) return { isBest: false, lines: [t('practice.first')] };
  const best = Math.max(...before);
  const isBest = score > best;
  const lines = [against(score - last)];
  if (isBest) lines.unshift(t('practice.new_best', { n: score - best }));
  else if (score < best && best !== last) lines.push(t('practice.short', { n: best - score }));
  return { isBest, lines };
}

function against(more: number): string {
  if (more === 0) return t('practice.same');
  return more > 0 ? t('practice.more', { n: more }) : t('practice.fewer', { n: -more });
}
