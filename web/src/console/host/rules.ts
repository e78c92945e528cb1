// The rules that a host puts together, as plain functions.
import type { Input, Rules } from '../../wire';

export const kinds = ['sprint', 'timed', 'tug'] as const satisfies readonly Rules['mode'][];
export const inputs: readonly Input[] = ['tap', 'hold', 'rhythm'];

/** Rules with every choice spelled out, one amount for each kind of race. */
export interface Choice {
  mode: Rules['mode'];
  taps: number;
  seconds: number;
  lead: number;
  /** Milliseconds. */
  countdown: number;
  penalty: boolean;
  /** Taps a second; 0: no limit. */
  limit: number;
  input: Input;
  handicap: boolean;
}

/** What holds where rules say nothing. */
export const plain: Choice = {
  mode: 'sprint', taps: 100, seconds: 10, lead: 60,
  countdown: 3000, penalty: false, limit: 30, input: 'tap', handicap: false,
};

/** The choice that stands for these rules; amounts of the other kinds stay as they were. */
export function choiceOf(rules: Rules, before: Choice = plain): Choice {
  const amount =
    rules.mode === 'sprint' ? { taps: rules.taps }
    : rules.mode === 'timed' ? { seconds: rules.seconds }
    : { lead: rules.lead };
  return {
    ...before,
    ...amount,
    mode: rules.mode,
    countdown: rules.countdown ?? plain.countdown,
    penalty: rules.false_start === 'penalty',
    limit: rules.max_taps_per_second ?? plain.limit,
    input: rules.input ?? 'tap',
    handicap: rules.handicap ?? false,
  };
}

export function rulesOf(choice: Choice): Rules {
  const common = {
    countdown: choice.countdown,
    false_start: choice.penalty ? ('penalty' as const) : ('ignore' as const),
    max_taps_per_second: choice.limit,
    input: choice.input,
  };
  switch (choice.mode) {
    case 'sprint':
      return { mode: 'sprint', taps: choice.taps, ...common, handicap: choice.handicap };
    case 'timed':
      return { mode: 'timed', seconds: choice.seconds, ...common };
    case 'tug':
      return { mode: 'tug', lead: choice.lead, ...common };
  }
}

/** Whether two sets of rules make the same race, however much of them is left unsaid. */
export function sameRules(a: Rules, b: Rules): boolean {
  const spelledOut = (rules: Rules) => JSON.stringify(rulesOf(choiceOf(rules)));
  return spelledOut(a) === spelledOut(b);
}
