// What a kind of race is called where people look for theirs: on boards, in histories, over plots.
import { t } from '../i18n';
import type { Rules } from '../wire';

const usualLimit = 30;

/** `Sprint, 100 taps · hold`: the race, and whatever is not as usual. */
export function kindName(rules: Rules): string {
  return [race(rules), ...oddities(rules)].join(' · ');
}

function race(rules: Rules): string {
  switch (rules.mode) {
    case 'sprint':
      return t('kind.sprint', { taps: t('taps', { n: rules.taps }) });
    case 'timed':
      return t('kind.timed', { n: rules.seconds });
    case 'tug':
      return t('kind.tug', { taps: t('taps', { n: rules.lead }) });
  }
}

function oddities({ input, handicap, false_start: falseStart, max_taps_per_second: limit = usualLimit }: Rules): string[] {
  const odd: string[] = [];
  if (input === 'hold' || input === 'rhythm') odd.push(t(`kind.${input}`));
  if (handicap) odd.push(t('kind.handicap'));
  if (falseStart === 'penalty') odd.push(t('kind.penalty'));
  if (limit === 0) odd.push(t('kind.no_limit'));
  else if (limit !== usualLimit) odd.push(t('kind.limit', { n: limit }));
  return odd;
}
