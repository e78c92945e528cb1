// What a race was for the account that it counts for, in words.
import { t } from '../../i18n';
import { gap } from '../../race';
import type { Recorded } from '../../wire';
import type { Outcome } from '../outcome';

export function recordLine({ best, previous, stats }: Recorded, { time, taps }: Pick<Outcome, 'time' | 'taps'>): string {
  // What is no result has none before it either.
  if (!best) return t('record.kept', { n: stats.races });
  if (previous === undefined) return t('record.first');
  if (time === null) return t('record.taps', { n: taps - previous });
  return t('record.time', { by: gap(previous - time).replace('+', '').replace(' ', '\u00a0') });
}
