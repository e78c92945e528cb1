// The server's reasons, in the words of a person who wants to play.

import { isKey, t } from './i18n';

/** A clear sentence for a refusal; unknown reasons are shown as they are. */
export function sentence(reason: string | undefined): string {
  if (!reason) return t('reason.none');
  const key = `reason.${reason}`;
  if (isKey(key)) return t(key);
  const detail = reason.match(/^bad rules: (.+)$/)?.[1];
  return detail ? t('reason.bad rules', { detail }) : capital(`${reason.replace(/\.$/, '')}.`);
}

const passing = ['rate limited', 'no answer from the server', 'the server cannot be reached', 'accounts are unavailable', 'failed'];

/** Refusals of a join that trying again by itself can never mend. */
export function isLasting(reason: string | undefined): boolean {
  return reason !== undefined && isKey(`reason.${reason}`) && !passing.includes(reason);
}

/** How long a room may be missing to those who were in it: a restarted server finds it again with its host. */
export const roomMayBeMissingFor = 30_000;

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
