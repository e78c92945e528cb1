// The host's panel, as a host uses it.
import { expect } from '@playwright/test';

/** Opens a section of the panel, and the panel if it is closed. */
export async function section(page, tab) {
  if ((await page.getByTestId('host-panel').count()) === 0) await page.getByTestId('host-open').click();
  await page.getByTestId(`host-tab-${tab}`).click();
  await expect(page.getByTestId('host-section')).toHaveAttribute('data-tab', tab);
}

export async function closePanel(page) {
  await page.getByTestId('host-close').click();
  await expect(page.getByTestId('host-panel')).toHaveCount(0);
}

/** Unfolds what a host may do about somebody, and gives their row. */
export async function person(page, name) {
  await section(page, 'people');
  const row = page.locator(`[data-testid=person][data-name="${name}"]`);
  const who = row.getByRole('button').first();
  if ((await who.getAttribute('aria-expanded')) === 'false') await who.click();
  return row;
}

/** Types a number into a field and leaves it. */
export async function enter(page, field, number) {
  await page.getByTestId(field).fill(String(number));
  await page.getByTestId(field).blur();
}

/** What is chosen among several: its button is pressed. */
export function expectChosen(page, testid, chosen = true) {
  return expect(page.getByTestId(testid)).toHaveAttribute('aria-pressed', String(chosen));
}
