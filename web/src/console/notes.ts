// What is out of the ordinary about the next race, in a few words each.
import { t } from '../i18n';
import type { Rules } from '../wire';

export function rulesNotes(rules: Rules): string[] {
  const notes: string[] = [];
  if (rules.input === 'hold' || rules.input === 'rhythm') notes.push(t(`host.input.${rules.input}`));
  if (rules.handicap) notes.push(t('host.race.handicap'));
  if (rules.false_start === 'penalty') notes.push(t('notes.penalty'));
  return notes;
}
