// Questions to the server that are no channel's.

export type Answer<Body> = { ok: true; body: Body } | { ok: false; status: number; reason: string | undefined };

export async function request<Body = object>(method: string, path: string, body?: object): Promise<Answer<Body>> {
  try {
    const response = await fetch(path, {
      method,
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json().catch(() => ({}))) as Body & { reason?: string };
    return response.ok ? { ok: true, body: answer } : { ok: false, status: response.status, reason: answer.reason };
  } catch {
    return { ok: false, status: 0, reason: 'the server cannot be reached' };
  }
}
