import { t } from '../../i18n';
import type { Tournament } from '../../wire';
import { roundKind } from './bracket';

/** Which heat of which round is up: `Semi-final, heat 1 of 2`. */
export function roundTitle({ round, rounds, heat_of_round, heats_in_round }: Tournament): string {
  const title = t(`tournament.${roundKind(round, rounds)}`, { n: round });
  return heats_in_round > 1 ? t('tournament.heat_of', { round: title, n: heat_of_round, of: heats_in_round }) : title;
}
