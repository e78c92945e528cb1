// What a screen reader tells while one plays: each turn of the race once, and no more.
import { t } from '../i18n';
import { rulesLine } from '../race';
import type { Phone } from './phone.svelte';

export function news(phone: Phone, connected: boolean): string {
  if (!connected) return t('line.lost');
  const { outcome } = phone;
  if (phone.racing) {
    if (!phone.started) return phone.early > 0 ? t('early.title') : `${t('ready.title')}. ${rulesLine(phone.rules)}`;
    if (phone.finished) return t('done.line');
    if (phone.over) return t(phone.rules.mode === 'timed' ? 'done.time' : 'done.over');
    return t('race.go');
  }
  if (phone.phase === 'finished' && phone.inHeat && phone.results) {
    return `${outcome.title} ${t('taps', { n: outcome.taps })}. ${outcome.line}`;
  }
  if (phone.phase === 'lobby') return `${t('seated.in')} ${rulesLine(phone.next)}`;
  return phone.phase === 'finished' ? t('next.soon') : `${t('late.title')}. ${t('late.next')}`;
}
