// When a run was: how long ago while that is told in minutes or hours, the day later on.
import { spoken, t } from '../i18n';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export function when(at: number, now: number): string {
  const ago = now - at;
  if (ago < minute) return t('leaderboard.just_now');
  const relative = new Intl.RelativeTimeFormat(spoken(), { style: 'short' });
  if (ago < hour) return relative.format(-Math.floor(ago / minute), 'minute');
  if (ago < day) return relative.format(-Math.floor(ago / hour), 'hour');
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(spoken(), { day: 'numeric', month: 'short', ...(!sameYear && { year: 'numeric' }) }).format(at);
}
