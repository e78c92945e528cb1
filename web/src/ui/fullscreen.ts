// Full screen, where the browser has it: a phone of Apple's has none, its older computers a name of
// their own.

interface Prefixed {
  webkitFullscreenEnabled?: boolean;
  webkitFullscreenElement?: Element | null;
  webkitExitFullscreen?: () => void;
}
interface PrefixedElement {
  webkitRequestFullscreen?: () => void;
}

const page = (): Document & Prefixed => document;

export function canFill(): boolean {
  return page().fullscreenEnabled ?? page().webkitFullscreenEnabled ?? false;
}

export function isFull(): boolean {
  return (page().fullscreenElement ?? page().webkitFullscreenElement ?? null) !== null;
}

/** Wants a gesture. A refusal leaves things as they are. */
export async function toggleFull(): Promise<void> {
  const whole: HTMLElement & PrefixedElement = document.documentElement;
  try {
    if (isFull()) await (page().exitFullscreen ?? page().webkitExitFullscreen)?.call(document);
    else await (whole.requestFullscreen ?? whole.webkitRequestFullscreen)?.call(whole);
  } catch {
    // The browser's own keys remain.
  }
}

export function onFull(changed: () => void): () => void {
  const events = ['fullscreenchange', 'webkitfullscreenchange'];
  for (const event of events) document.addEventListener(event, changed);
  return () => {
    for (const event of events) document.removeEventListener(event, changed);
  };
}
