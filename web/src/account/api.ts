// Questions to the server that are no channel's.

export interface Refusal {
  ok: false;
  status: number;
  reason: string | undefined;
  /** In so many seconds it is worth another try, where the server says. */
  wait?: number;
}
export type Answer<Body> = { ok: true; body: Body } | Refusal;

export async function request<Body = object>(method: string, path: string, body?: object): Promise<Answer<Body>> {
  try {
    const response = await fetch(path, {
      method,
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json().catch(() => ({}))) as Body & { reason?: string };
    if (response.ok) return { ok: true, body: answer };
    const wait = Number(response.headers.get('retry-after'));
    return { ok: false, status: response.status, reason: answer.reason, ...(wait > 0 && { wait }) };
  } catch {
    return { ok: false, status: 0, reason: 'the server cannot be reached' };
  }
}
