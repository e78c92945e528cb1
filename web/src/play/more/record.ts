// What a race was for the account that it counts for, in words.
import { number, t } from '../../i18n';
import type { Recorded } from '../../wire';
import type { Outcome } from '../outcome';

export function recordLine({ best, previous, stats }: Recorded, { time, taps }: Pick<Outcome, 'time' | 'taps'>): string {
  if (previous === undefined) return t('record.first');
  if (!best) return t('record.kept', { n: stats.races });
  if (time === null) return t('record.taps', { n: taps - previous });
  const seconds = number((previous - time) / 1000, { minimumFractionDigits: 2, maximumFractionDigits: 3 });
  return t('record.time', { by: t('time.seconds', { n: seconds }) });
}
