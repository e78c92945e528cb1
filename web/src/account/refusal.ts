// A refusal at a form that asks for a password, in words.
import { t } from '../i18n';
import { sentence } from '../reasons';
import type { Refusal } from './api';

/** After too many wrong passwords the right one is not looked at either: it says until when. */
export function refusalLine({ reason, wait }: Pick<Refusal, 'reason' | 'wait'>): string {
  if (reason !== 'rate limited' || wait === undefined) return sentence(reason);
  return wait < 60 ? t('login.wait.seconds', { n: wait }) : t('login.wait.minutes', { n: Math.ceil(wait / 60) });
}
