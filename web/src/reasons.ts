// The server's reasons, in the words of a person who wants to play.

const sentences: Record<string, string> = {
  'name is missing': 'Please type your name first.',
  'name is too long': 'That name is too long: 24 characters at most.',
  'name is not allowed': 'That name is not allowed here. Please pick another.',
  'room is full': 'This room is full. Try again when somebody has left.',
  'room is locked': 'The host has closed the door: no new racers for now.',
  'no such room': 'There is no room with this code. Look at the big screen again.',
  'banned': 'The host does not want you in this room.',
  'wrong host token': 'This host link is not valid for this room.',
  'not the host': 'Only the host can do that.',
  'no racers': 'Nobody is here to race yet.',
  'already running': 'A race is already running.',
  'not running': 'There is no race to stop.',
  'no such racer': 'That racer has already left.',
  'too many rooms': 'Too many rooms are open right now. Try again in a few minutes.',
  'text is missing': 'Type something first.',
  'text is too long': 'That is too long: 500 characters at most.',
  'rate limited': 'That was too fast. Wait a moment, then try again.',
  'muted': 'The host has muted you in this chat.',
  "You don't have permission!": 'You are not allowed in this chat.',
  'unmatched topic': 'There is no room at this address.',
};

/** A clear sentence for a refusal; unknown reasons are shown as they are. */
export function sentence(reason: string | undefined): string {
  if (!reason) return 'The server said no, without a reason. Please try again.';
  const known = sentences[reason];
  if (known) return known;
  const rules = reason.match(/^bad rules: (.+)$/)?.[1];
  return capital(rules ? `These rules do not work: ${rules}.` : `${reason.replace(/\.$/, '')}.`);
}

/** Refusals of a join that trying again by itself can never mend. */
export function isLasting(reason: string | undefined): boolean {
  return reason !== undefined && reason in sentences && reason !== 'rate limited';
}

/** How long a room may be missing to those who were in it: a restarted server finds it again with its host. */
export const roomMayBeMissingFor = 30_000;

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
